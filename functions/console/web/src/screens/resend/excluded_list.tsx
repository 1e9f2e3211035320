import { listExcluded } from "../../api/calls";
import { segment } from "../../api/client";
import type { Resend } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { Pager } from "../../parts/pager";
import { ProblemBanner } from "../../parts/problem";
import { parameter } from "../../routes";
import { useReloadAfter, useResource } from "../../state/resource";
import { CsvButton } from "./csv_button";
import { UserName } from "./user_name";

/** The users who were selected and get no mail, each with the reason. */
export function ExcludedList({ resend }: { resend: Resend }) {
  const next = parameter("next");
  const list = useResource(`excluded ${resend.id} ${next ?? ""}`, signal =>
    listExcluded(resend.id, { next }, signal),
  );

  // While the resend is prepared, more users come.
  useReloadAfter(list, `${resend.state} ${resend.counts.excluded}`);

  const page = list.value.value;
  const isEmpty = page && page.excluded.length === 0 && !page.next && !next;
  return (
    <>
      {resend.state === "preparing" && <p class="hint">{t("resend.excluded_preparing")}</p>}
      {!page && <ProblemBanner error={list.error.value} onRetry={() => void list.reload()} />}
      {!page && list.loading.value && <p role="status">{t("common.loading")}</p>}
      {isEmpty && resend.state !== "preparing" && (
        <p>{t(resend.counts.excluded > 0 ? "resend.excluded_hidden" : "resend.excluded_none")}</p>
      )}
      {page && page.excluded.length > 0 && <p class="hint">{t("resend.excluded_hint")}</p>}
      {page && page.excluded.length > 0 && (
        <div class="table-frame" id="excluded" tabIndex={-1}>
          <table class="table stack">
            <caption class="visually-hidden">{t("resend.excluded_caption")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("resend.user")}</th>
                <th scope="col">{t("resend.reason")}</th>
              </tr>
            </thead>
            <tbody>
              {page.excluded.map(user => (
                <tr key={user.userId}>
                  <th scope="row" class="recipient-name">
                    <UserName user={user} isKnown={user.reason !== "not_found"} />
                  </th>
                  <td data-label={t("resend.reason")}>{name("reason", user.reason)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {page && (
        <Pager
          label={t("resend.excluded_pages")}
          list="excluded"
          current={next}
          next={page.next}
          rows={page.excluded.length}
        />
      )}
      {resend.counts.excluded > 0 && (
        <CsvButton
          label={t("resend.csv_excluded")}
          path={`/v1/resends/${segment(resend.id)}/excluded`}
          fileName={`resend-${resend.id}-excluded.csv`}
        />
      )}
    </>
  );
}
