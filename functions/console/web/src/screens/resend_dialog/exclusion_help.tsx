import { useEffect, useRef } from "preact/hooks";
import type { User } from "../../api/types";
import { formatInstant, ownZone } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { remedyText } from "../../parts/remedies";
import { organisationZone } from "../../state/operator";
import { startAtInstant } from "../../state/start";
import type { Model } from "./model";
import { goToSection } from "./section";

interface HelpProps {
  model: Model;
  reason: string;
  /** Whether the list names the dates of each user. */
  hasDates: boolean;
}

/** Says what can be done for the users who are excluded for a reason, and offers it as far as the dialog has it. */
export function ExclusionHelp({ model, reason, hasDates }: HelpProps) {
  return (
    <>
      <p class="hint">{remedyText(reason)}</p>
      {reason === "outside_validity" && <OutsideValidity model={model} hasDates={hasDates} />}
      {reason === "recently_invited" && <RecentlyInvited model={model} />}
      {reason === "not_renderable" && <LeaveOut model={model} />}
    </>
  );
}

/** The instant at which the mails go out. */
export function startOf({ start, now }: Model): Date {
  return start.kind === "at" ? start.at : now;
}

/** The end of a user's validity that a start lies beyond. */
export function validityWords({ validFrom, validUntil }: User, start: Date): string {
  if (validFrom && Date.parse(validFrom) > start.getTime())
    return t("recipients.valid_from", { at: formatInstant(validFrom, ownZone()) });
  return validUntil
    ? t("recipients.valid_until", { at: formatInstant(validUntil, ownZone()) })
    : "";
}

function OutsideValidity({ model, hasDates }: { model: Model; hasDates: boolean }) {
  const { source, change } = model;
  const start = startOf(model);
  const validFrom = source.kind === "user" ? source.user.validFrom : undefined;
  const begins = validFrom && Date.parse(validFrom) > start.getTime() ? validFrom : undefined;
  return (
    <>
      <p class="hint">
        {source.kind === "user" && validityWords(source.user, start)}
        {source.kind !== "user" &&
          (hasDates ? t("recipients.validity_beside") : t("recipients.validity_place"))}
      </p>
      {begins ? (
        <button
          type="button"
          class="button"
          onClick={() =>
            change({ start: startAtInstant(new Date(begins), organisationZone.value) })
          }
        >
          {t("recipients.start_then")}
        </button>
      ) : (
        <button
          type="button"
          class="link-button"
          onClick={() => goToSection("start", "input:checked")}
        >
          {t("recipients.change_start")}
        </button>
      )}
    </>
  );
}

/** The instant at which the cooldown is over for all of these users, at the latest. */
function cooldownEnd({ preview, settings, now }: Model): Date {
  const answer = preview.answer.value?.preview;
  const ends = (answer?.excluded ?? []).flatMap(row => (row.until ? [Date.parse(row.until)] : []));
  const isComplete = ends.length > 0 && ends.length === answer?.counts.byReason.recently_invited;
  return new Date(
    isComplete ? Math.max(...ends) : now.getTime() + settings.cooldownMinutes * 60_000,
  );
}

function RecentlyInvited({ model }: { model: Model }) {
  const { source, settings, change } = model;
  const end = cooldownEnd(model);
  const values = { minutes: settings.cooldownMinutes, at: formatInstant(end, ownZone()) };
  return (
    <>
      <p class="hint">
        {source.kind === "user"
          ? t("recipients.cooldown_user", values)
          : t("recipients.cooldown", values)}
      </p>
      <div class="actions">
        <button
          type="button"
          class="button"
          onClick={() => change({ start: startAtInstant(end, organisationZone.value) })}
        >
          {t("recipients.start_then")}
        </button>
        {source.kind === "user" && <IgnoreCooldown model={model} />}
      </div>
    </>
  );
}

function IgnoreCooldown({ model }: { model: Model }) {
  const { draft, change } = model;
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // The box that was ticked stood in the other list, and is gone.
    if (document.activeElement === document.body) box.current?.focus();
  }, []);
  return (
    <label class="choice">
      <input
        ref={box}
        type="checkbox"
        checked={draft.ignoreCooldown}
        data-pointer="/ignoreCooldown"
        onChange={event => change({ ignoreCooldown: event.currentTarget.checked })}
      />
      {t("recipients.ignore_cooldown")}
    </label>
  );
}

/** The one user gets the mail because the operator has waived the cooldown. */
export function WaivedCooldown({ model }: { model: Model }) {
  const at = formatInstant(cooldownEnd(model), ownZone());
  return (
    <>
      <p>{t("recipients.waived", { at })}</p>
      <IgnoreCooldown model={model} />
    </>
  );
}

function LeaveOut({ model }: { model: Model }) {
  const { draft, change } = model;
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={draft.leavesOut}
        data-pointer="/leaveOut"
        onChange={event => change({ leavesOut: event.currentTarget.checked })}
      />
      {t("recipients.leave_out")}
    </label>
  );
}
