import { useEffect } from "preact/hooks";
import { listResends } from "../api/calls";
import { t } from "../i18n/messages";
import { Pager } from "../parts/pager";
import { ProblemBanner } from "../parts/problem";
import { Tabs } from "../parts/tabs";
import { useTitle } from "../parts/title";
import { parameter, query, setParameters } from "../routes";
import { loadNames } from "../state/names";
import { poll } from "../state/poll";
import { useResource } from "../state/resource";
import { EmptyList } from "./resends/empty_list";
import { isMoving, listQuery, TABS, tabOf } from "./resends/list_query";
import { ListRefinement } from "./resends/list_refinement";
import { ListTable } from "./resends/list_table";

/** A list that moves is asked for again after so many milliseconds. */
const DELAYS = [5000, 10_000, 15_000];

/** The resends that the operator sees, newest first. */
export function ResendsScreen() {
  useTitle(t("nav.resends"));
  useEffect(loadNames, []);

  const asked = listQuery(query.value);
  const key = JSON.stringify(asked);
  const list = useResource(key, signal => listResends(asked, signal));
  const page = list.value.value;
  const resends = page?.resends;

  const moves = resends !== undefined && isMoving(resends, Date.now());
  useEffect(() => {
    if (!moves) return;
    return poll(async () => {
      await list.reload();
      return true;
    }, DELAYS);
  }, [moves, key]);

  return (
    <>
      <h1 tabIndex={-1}>{t("nav.resends")}</h1>
      <ListRefinement resends={resends ?? []} />
      <Tabs
        label={t("resends.tabs")}
        tabs={TABS.map(tab => ({ key: tab, label: t(`resends.tab.${tab}`) }))}
        chosen={tabOf(query.value)}
        onChoose={tab => setParameters({ tab: tab === "all" ? undefined : tab, next: undefined })}
      >
        {!page && <ProblemBanner error={list.error.value} onRetry={() => void list.reload()} />}
        {page && list.error.value && (
          <p class="hint" role="status">
            {t("resends.stale")}
          </p>
        )}
        {!page && list.loading.value && <p role="status">{t("common.loading")}</p>}
        {page && (
          <>
            {page.resends.length > 0 && <ListTable resends={page.resends} />}
            {page.resends.length === 0 && !page.next && !asked.next && <EmptyList />}
            <Pager
              label={t("resends.pages")}
              list="resends-list"
              current={parameter("next")}
              next={page.next}
              rows={page.resends.length}
            />
          </>
        )}
      </Tabs>
    </>
  );
}
