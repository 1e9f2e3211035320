import { useEffect, useRef } from "preact/hooks";
import type { User } from "../../api/types";
import { formatZoned } from "../../i18n/format";
import { t, tn } from "../../i18n/messages";
import { canResolveInDirectory, remedyText, validityRemedyText } from "../../parts/remedies";
import { validityHelp, validStarts } from "../../parts/validity";
import { organisationZone } from "../../state/operator";
import { shownName } from "../../state/shown_name";
import { startAtInstant } from "../../state/start";
import type { Model } from "./model";
import { goToSection } from "./section";

interface HelpProps {
  model: Model;
  reason: string;
  /** The users of the reason, if all of them are known. */
  users: User[];
}

/** Says what can be done for the users who are excluded for a reason, and offers it as far as the dialog has it. */
export function ExclusionHelp({ model, reason, users }: HelpProps) {
  return (
    <>
      {reason === "outside_validity" ? (
        <OutsideValidity model={model} users={users} />
      ) : (
        <p class="hint">
          {remedyText(reason)} {changePlace(reason)}
        </p>
      )}
      {reason === "recently_invited" && <RecentlyInvited model={model} />}
      {reason === "not_renderable" && <LeaveOut model={model} />}
    </>
  );
}

/** Where the users of a reason are changed by who may do so. */
function changePlace(reason: string): string {
  if (!canResolveInDirectory(reason)) return "";
  return t(reason === "no_email" ? "recipients.add_place" : "recipients.change_place");
}

/** The instant at which the mails go out. */
function startOf({ start, now }: Model): Date {
  return start.kind === "at" ? start.at : now;
}

/** The end of a user's validity that the start lies beyond. */
export function validityWords({ validFrom, validUntil }: User, model: Model): string {
  if (validFrom && new Date(validFrom) > startOf(model))
    return t("recipients.valid_from", { at: formatZoned(validFrom, organisationZone.value) });
  if (!validUntil) return "";
  const at = formatZoned(validUntil, organisationZone.value);
  return new Date(validUntil) > model.now
    ? t("recipients.valid_until", { at })
    : t("recipients.validity_ended", { at });
}

/** Offers the start that is valid for all of the users, or leads to the start; of users whose validity has ended, neither. */
function OutsideValidity({ model, users }: { model: Model; users: User[] }) {
  const help = validityHelp(users, model.now);
  const first = validStarts(users, model.now)?.from;
  return (
    <>
      <p class="hint">
        {validityRemedyText(help)} {help === "change" && changePlace("outside_validity")}
        {users.length === 0 && t("recipients.validity_place")}
      </p>
      {help !== "change" &&
        (first && first > startOf(model) ? (
          <StartAt model={model} at={first} />
        ) : (
          <button
            type="button"
            class="link-button"
            onClick={() => goToSection("start", "input:checked")}
          >
            {t("recipients.change_start")}
          </button>
        ))}
    </>
  );
}

/** Chooses a start that lets the users get their mail. */
function StartAt({ model, at }: { model: Model; at: Date }) {
  return (
    <button
      type="button"
      class="button"
      onClick={() => model.change({ start: startAtInstant(at, organisationZone.value) })}
    >
      {t("recipients.start_at", { at: formatZoned(at, organisationZone.value) })}
    </button>
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
  const { source, settings } = model;
  const end = cooldownEnd(model);
  const values = { at: formatZoned(end, organisationZone.value) };
  return (
    <>
      <p class="hint">
        {source.kind === "user"
          ? tn("recipients.cooldown_user", settings.cooldownMinutes, values)
          : tn("recipients.cooldown", settings.cooldownMinutes, values)}
      </p>
      <div class="actions">
        <StartAt model={model} at={end} />
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
  const at = formatZoned(cooldownEnd(model), organisationZone.value);
  const user = model.source.kind === "user" ? model.source.user : undefined;
  return (
    <>
      <p>
        {user?.email && t("recipients.waived_to", { user: shownName(user), email: user.email })}{" "}
        {t("recipients.waived", { at })}
      </p>
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
