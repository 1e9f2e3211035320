import { useEffect } from "preact/hooks";
import { languageName } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { languageTags } from "../../parts/language_tags";
import { loadNames } from "../../state/names";
import { passwordChanges } from "../../state/operator";
import { ChoiceSetting, type Editing, NotesSetting, TextSetting } from "./controls";
import { TemplateSetting } from "./template_setting";

/** All settings, in sections. */
export function SettingsSections({ editing }: { editing: Editing }) {
  useEffect(loadNames, []);
  return (
    <>
      <section class="card">
        <h2>{t("settings.mail")}</h2>
        <TextSetting editing={editing} setting="senderName" />
        <TextSetting editing={editing} setting="replyTo" type="email" />
        <TextSetting editing={editing} setting="loginUrl" type="url" />
        <TemplateSetting editing={editing} />
        <NotesSetting editing={editing} />
      </section>
      <PasswordSection editing={editing} />
      <section class="card">
        <h2>{t("settings.sending")}</h2>
        <TextSetting editing={editing} setting="cooldownMinutes" />
        <TextSetting editing={editing} setting="dailyRecipients" />
        <TextSetting editing={editing} setting="bouncePausePercent" />
        <ChoiceSetting editing={editing} setting="onDoubt" choices={["resend", "hold"]} />
      </section>
      <section class="card">
        <h2>{t("settings.region")}</h2>
        <TextSetting
          editing={editing}
          setting="language"
          suggestions={languageTags.value}
          nameOf={languageName}
        />
        <TextSetting
          editing={editing}
          setting="timeZone"
          suggestions={Intl.supportedValuesOf("timeZone")}
        />
      </section>
    </>
  );
}

/** The password changes that this deployment allows, and what belongs to them. */
function PasswordSection({ editing }: { editing: Editing }) {
  const allowed: string[] = passwordChanges.value;
  const isOnlyKept = allowed.every(change => change === "keep");
  const stored = editing.form.passwordChange;
  const choices = allowed.includes(stored) ? allowed : [...allowed, stored];
  return (
    <section class="card">
      <h2>{t("settings.passwords")}</h2>
      {isOnlyKept && <p>{t("settings.passwords_kept")}</p>}
      {choices.length > 1 && (
        <ChoiceSetting editing={editing} setting="passwordChange" choices={choices} />
      )}
      {allowed.includes("set_link") && (
        <>
          <TextSetting editing={editing} setting="linkValidHours" />
          <ChoiceSetting editing={editing} setting="earlierLinks" choices={["end", "keep"]} />
        </>
      )}
      {allowed.includes("temporary") && (
        <TextSetting editing={editing} setting="temporaryValidHours" />
      )}
    </section>
  );
}
