import { useRef } from "preact/hooks";
import type { PasswordChange } from "../../api/types";
import { name, t, tn } from "../../i18n/messages";
import { fieldError } from "../../parts/problem";
import { earlierLinksOf } from "../../state/draft";
import { me, passwordChanges } from "../../state/operator";
import { type Model, mailCount } from "./model";
import { exceptionsText } from "./password_words";
import { goToSection, Section } from "./section";
import { goToUserPasswords } from "./shown_list";

/** Whether there is anything to choose. */
export function hasPasswordChoice(): boolean {
  return passwordChanges.value.some(change => change !== "keep");
}

/** The section that says what becomes of the users' passwords. */
export function PasswordsSection({ model }: { model: Model }) {
  if (!hasPasswordChoice()) return null;
  const { draft, change } = model;
  const isChanged = usedChanges(model).some(used => used !== "keep");
  const error = fieldError(model.preview.error.value, "/passwordChange");
  return (
    <Section name="passwords" title={t("passwords.title")}>
      <fieldset aria-describedby={error ? "passwords-error" : undefined}>
        <legend class="visually-hidden">{t("passwords.title")}</legend>
        {passwordChanges.value.map((offered, index) => (
          <Choice key={offered} model={model} offered={offered} isFirst={index === 0} />
        ))}
        {error && (
          <p class="field-error" id="passwords-error">
            {error}
          </p>
        )}
      </fieldset>
      <ForSingleUsers model={model} />
      {isChanged && (
        <label class="choice">
          <input
            type="checkbox"
            checked={draft.changeForLoggedIn}
            data-pointer="/changeForLoggedIn"
            onChange={event => change({ changeForLoggedIn: event.currentTarget.checked })}
          />
          <span>
            {t("passwords.for_logged_in")}
            <span class="hint block">{t("passwords.for_logged_in_hint")}</span>
          </span>
        </label>
      )}
      <EarlierLinks model={model} />
    </Section>
  );
}

/** The password changes that the draft asks for. */
export function usedChanges({ draft, passwordChange }: Model): PasswordChange[] {
  return [passwordChange, ...Object.values(draft.passwordChangeByUser)];
}

function Choice({
  model,
  offered,
  isFirst,
}: {
  model: Model;
  offered: PasswordChange;
  isFirst: boolean;
}) {
  return (
    <label class="choice">
      <input
        type="radio"
        name="password-change"
        checked={model.passwordChange === offered}
        data-pointer={isFirst ? "/passwordChange" : undefined}
        onChange={() => model.change({ passwordChange: offered })}
      />
      <span>
        {name("passwordChange", offered)}
        <span class="hint block">{effect(offered, model)}</span>
      </span>
    </label>
  );
}

/** The consequence of a password change for the user. */
function effect(change: PasswordChange, { settings }: Model): string {
  switch (change) {
    case "set_link":
      return tn("passwords.set_link", me.value?.linkValidHours ?? settings.linkValidHours);
    case "temporary":
      return tn(
        "passwords.temporary",
        me.value?.temporaryValidHours ?? settings.temporaryValidHours,
      );
    default:
      return t("passwords.keep");
  }
}

/** The users with a choice of their own, and the way to make one. */
function ForSingleUsers({ model }: { model: Model }) {
  const way = useRef<HTMLButtonElement>(null);
  const count = Object.keys(model.draft.passwordChangeByUser).length;
  const canChoose = (mailCount(model) ?? 0) > 1;
  return (
    <div class="actions">
      <span role="status">{exceptionsText(model.draft.passwordChangeByUser)}</span>
      {count > 0 && (
        <button
          type="button"
          class="link-button"
          onClick={() => {
            model.change({ passwordChangeByUser: {} });
            // This button goes with the exceptions.
            if (way.current) way.current.focus();
            else goToSection("passwords");
          }}
        >
          {t("passwords.single_clear")}
        </button>
      )}
      {canChoose && (
        <button ref={way} type="button" class="link-button" onClick={goToUserPasswords}>
          {t(count > 0 ? "passwords.single_next" : "passwords.single_first")}
        </button>
      )}
    </div>
  );
}

/** Whether links of earlier mails end. */
function EarlierLinks({ model }: { model: Model }) {
  const chosen = earlierLinksOf(model.draft, model.settings);
  return (
    <fieldset>
      <legend>{t("passwords.earlier_links")}</legend>
      {(["end", "keep"] as const).map((rule, index) => (
        <label key={rule} class="choice">
          <input
            type="radio"
            name="earlier-links"
            checked={chosen === rule}
            data-pointer={index === 0 ? "/earlierLinks" : undefined}
            onChange={() => model.change({ earlierLinks: rule })}
          />
          {rule === "end" ? t("passwords.links_end") : t("passwords.links_keep")}
        </label>
      ))}
    </fieldset>
  );
}
