import { useSignal } from "@preact/signals";
import { listUsers } from "../../api/calls";
import type { ApiError } from "../../api/errors";
import type { PasswordChange, Schema, User } from "../../api/types";
import { hasMessage, name, t } from "../../i18n/messages";
import { Field } from "../../parts/field";
import { MailPreview, type ShownPart } from "../../parts/mail_preview";
import { errorText, ProblemBanner } from "../../parts/problem";
import { SearchForm } from "../../parts/search_form";
import { useAction } from "../../state/action";
import { may, passwordChanges } from "../../state/operator";
import { shownName } from "../../state/shown_name";

/** The recipient and the password change of the preview. */
export interface LookOptions {
  user: { id: string; name: string } | undefined;
  passwordChange: PasswordChange | undefined;
}

interface Props {
  options: LookOptions;
  onOptions: (options: LookOptions) => void;
  preview: Schema["SourcePreview"] | undefined;
  error: ApiError | undefined;
  editedPart: ShownPart;
}

/** The mail as a recipient would get it: with sample data, or with those of a user. */
export function Look({ options, onOptions, preview, error, editedPart }: Props) {
  const notices = preview?.notices ?? [];
  return (
    <section class="variant-look" aria-label={t("template.look")}>
      <h2>{t("template.look")}</h2>
      <p class="soft">
        {options.user
          ? t("template.for_user", { name: options.user.name })
          : t("template.for_sample")}
      </p>
      <Field label={t("template.password_change")}>
        {attributes => (
          <select
            {...attributes}
            class="select"
            value={options.passwordChange ?? ""}
            onChange={event => {
              const chosen = event.currentTarget.value as PasswordChange | "";
              onOptions({ ...options, passwordChange: chosen || undefined });
            }}
          >
            <option value="">{t("template.password_change_fit")}</option>
            {passwordChanges.value.map(change => (
              <option key={change} value={change}>
                {name("passwordChange", change)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {may.readUsers.value && (
        <UserChoice user={options.user} onChoose={user => onOptions({ ...options, user })} />
      )}
      {notices.map((notice, index) => (
        <p key={index} class="banner warning">
          {hasMessage(`notice.${notice.type}`)
            ? t("template.notice_marks", {
                marks: notice.values.marks.map(found => found.mark).join(" "),
              })
            : notice.detail}
        </p>
      ))}
      <p role="status">{error && errorText(error)}</p>
      {!preview && !error && <p>{t("common.loading")}</p>}
      {preview &&
        (preview.mail ? (
          <MailPreview mail={preview.mail} editedPart={editedPart} />
        ) : (
          <p>{t("template.no_mail")}</p>
        ))}
    </section>
  );
}

function UserChoice(props: {
  user: LookOptions["user"];
  onChoose: (user: LookOptions["user"]) => void;
}) {
  const { user, onChoose } = props;
  const found = useSignal<User[] | undefined>(undefined);
  const asked = useSignal<string | undefined>(undefined);
  const { error, run } = useAction();
  const next = useSignal<string | undefined>(undefined);
  const read = (q: string) =>
    run(async () => {
      const page = await listUsers({ q }, { limit: 10, next: next.value });
      if (asked.value !== q) return;
      found.value = [...(found.value ?? []), ...page.users];
      next.value = page.next;
    });
  const search = (q: string | undefined) => {
    asked.value = q;
    found.value = undefined;
    next.value = undefined;
    if (q) void read(q);
  };
  return (
    <details class="user-choice">
      <summary>{t("template.choose_user")}</summary>
      <SearchForm label={t("template.search_user")} value={asked.value} onSearch={search} />
      <ProblemBanner error={error.value} onRetry={() => search(asked.value)} />
      <p role="status">
        {found.value?.length === 0 && t(next.value ? "template.no_user_yet" : "template.no_user")}
      </p>
      <ul class="user-choices">
        {found.value?.map(one => (
          <li key={one.id}>
            <button
              type="button"
              class="link-button"
              aria-pressed={one.id === user?.id}
              onClick={() => onChoose({ id: one.id, name: shownName(one) })}
            >
              {shownName(one)} ({one.loginId})
            </button>
          </li>
        ))}
      </ul>
      {next.value && asked.value && (
        <button type="button" class="button" onClick={() => void read(asked.value ?? "")}>
          {t("template.search_on")}
        </button>
      )}
      {user && (
        <button type="button" class="button" onClick={() => onChoose(undefined)}>
          {t("template.use_sample")}
        </button>
      )}
    </details>
  );
}
