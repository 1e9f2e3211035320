import type { PasswordChange } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { passwordChanges } from "../../state/operator";
import { distinctName } from "../../state/shown_name";
import { ListEnd } from "./list_end";
import type { Model } from "./model";
import { RowName } from "./row_name";
import type { Row, Rows } from "./row_pages";
import { goToSection } from "./section";
import { SkipList } from "./skip_list";

interface Props {
  model: Model;
  rows: Rows<"eligible">;
  q: string;
}

/** The users who will get the mail, each with the password change and a look at the mail. */
export function EligibleList({ model, rows, q }: Props) {
  const hasPasswords = passwordChanges.value.length > 1;
  return (
    <>
      {rows.rows.value.length > 0 && (
        <div class="table-frame recipients-frame" tabIndex={-1}>
          <SkipList />
          <table class="table stack">
            <caption class="visually-hidden">{t("recipients.caption_will")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("recipients.column_name")}</th>
                {hasPasswords && <th scope="col">{t("recipients.column_password")}</th>}
                <th scope="col">{t("recipients.column_mail")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.rows.value.map(row => (
                <EligibleRow key={row.userId} model={model} row={row} hasPasswords={hasPasswords} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <ListEnd rows={rows} q={q} empty={t("recipients.nobody_will")} />
    </>
  );
}

function EligibleRow({
  model,
  row,
  hasPasswords,
}: {
  model: Model;
  row: Row<"eligible">;
  hasPasswords: boolean;
}) {
  const user = distinctName(row);
  return (
    <tr>
      <th scope="row">
        <RowName row={row} />
      </th>
      {hasPasswords && (
        <td data-label={t("recipients.column_password")}>
          <RowPassword model={model} row={row} user={user} />
        </td>
      )}
      <td>
        <button
          type="button"
          class="link-button row-button"
          aria-label={t("recipients.show_mail_of", { user })}
          onClick={() => {
            model.shownUser.value = row.userId;
            goToSection("mail", ".mail-recipient");
          }}
        >
          {t("recipients.show_mail")}
        </button>
      </td>
    </tr>
  );
}

/** The password change of one user, and why it differs from the choice. */
function RowPassword({ model, row, user }: { model: Model; row: Row<"eligible">; user: string }) {
  const own = model.draft.passwordChangeByUser[row.userId];
  const asked = own ?? model.passwordChange;
  const isOther = row.passwordChangeReason !== undefined && row.passwordChange !== asked;

  const choose = (value: string) => {
    const { [row.userId]: _, ...others } = model.draft.passwordChangeByUser;
    model.change({
      passwordChangeByUser: value ? { ...others, [row.userId]: value as PasswordChange } : others,
    });
  };
  return (
    <>
      <select
        class="select row-select"
        aria-label={t("recipients.password_of", { user })}
        data-pointer={`/passwordChangeByUser/${row.userId}`}
        value={own ?? ""}
        onChange={event => choose(event.currentTarget.value)}
      >
        <option value="">
          {t("recipients.as_all", { change: name("passwordChange", model.passwordChange) })}
        </option>
        {passwordChanges.value.map(change => (
          <option key={change} value={change}>
            {name("passwordChange", change)}
          </option>
        ))}
      </select>
      {isOther && (
        <p class="hint">{name("passwordChangeReason", row.passwordChangeReason ?? "")}</p>
      )}
    </>
  );
}
