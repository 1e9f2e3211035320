import { useEffect, useRef } from "preact/hooks";
import { formatInstant, ownZone } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { may, organisationZone } from "../../state/operator";
import { startAtInstant } from "../../state/start";
import type { Model } from "./model";
import { goToSection } from "./section";

/** Says what can be done for the users who are excluded for a reason. */
export function ExclusionHelp({ model, reason }: { model: Model; reason: string }) {
  switch (reason) {
    case "not_found":
      return <p class="hint">{t("recipients.help_not_found")}</p>;
    case "not_permitted":
      return <p class="hint">{t("recipients.help_not_permitted")}</p>;
    case "not_active":
      return <p class="hint">{t("recipients.help_not_active")}</p>;
    case "no_email":
      return <p class="hint">{t("recipients.help_no_email")}</p>;
    case "suppressed":
      return (
        <p class="hint">
          {may.isOwner.value
            ? t("recipients.help_suppressed")
            : t("recipients.help_suppressed_ask")}
        </p>
      );
    case "outside_validity":
      return <OutsideValidity model={model} />;
    case "recently_invited":
      return <RecentlyInvited model={model} />;
    case "not_renderable":
      return <NotRenderable model={model} />;
    default:
      return null;
  }
}

function OutsideValidity({ model }: { model: Model }) {
  const { source } = model;
  const { validFrom, validUntil } = source.kind === "user" ? source.user : {};
  return (
    <>
      <p class="hint">
        {t("recipients.help_outside_validity")}{" "}
        {validFrom && t("recipients.valid_from", { at: formatInstant(validFrom, ownZone()) })}{" "}
        {validUntil && t("recipients.valid_until", { at: formatInstant(validUntil, ownZone()) })}
      </p>
      <p>
        <button
          type="button"
          class="link-button"
          onClick={() => goToSection("start", "input:checked")}
        >
          {t("recipients.change_start")}
        </button>
      </p>
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
          ? t("recipients.help_cooldown_user", values)
          : t("recipients.help_cooldown", values)}
      </p>
      <div class="actions">
        <button
          type="button"
          class="button"
          onClick={() => change({ start: startAtInstant(end, organisationZone.value) })}
        >
          {t("recipients.start_after_cooldown")}
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

function NotRenderable({ model }: { model: Model }) {
  const { draft, change } = model;
  return (
    <>
      <p class="hint">{t("recipients.help_not_renderable")}</p>
      <label class="choice">
        <input
          type="checkbox"
          checked={draft.leavesOut}
          data-pointer="/leaveOut"
          onChange={event => change({ leavesOut: event.currentTarget.checked })}
        />
        {t("recipients.leave_out")}
      </label>
    </>
  );
}
