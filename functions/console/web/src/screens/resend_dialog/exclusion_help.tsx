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

/** The cooldown ends for everybody when its minutes have passed from now; for one user, from the last invitation. */
function RecentlyInvited({ model }: { model: Model }) {
  const { source, settings, draft, change, now } = model;
  const last = source.kind === "user" ? source.user.lastInvitedAt : undefined;
  const from = last ? new Date(last) : now;
  const end = new Date(from.getTime() + settings.cooldownMinutes * 60_000);
  const at = formatInstant(end, ownZone());
  return (
    <>
      <p class="hint">
        {last
          ? t("recipients.help_cooldown_user", { minutes: settings.cooldownMinutes, at })
          : t("recipients.help_cooldown", { minutes: settings.cooldownMinutes, at })}
      </p>
      <div class="actions">
        <button
          type="button"
          class="button"
          onClick={() => change({ start: startAtInstant(end, organisationZone.value) })}
        >
          {t("recipients.start_after_cooldown")}
        </button>
        {source.kind === "user" && (
          <label class="choice">
            <input
              type="checkbox"
              checked={draft.ignoreCooldown}
              data-pointer="/ignoreCooldown"
              onChange={event => change({ ignoreCooldown: event.currentTarget.checked })}
            />
            {t("recipients.ignore_cooldown")}
          </label>
        )}
      </div>
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
