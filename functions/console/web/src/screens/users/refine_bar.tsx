import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../../i18n/messages";
import { NARROW, useMedia } from "../../parts/media";
import { CRITERIA, type Criterion, type UserFilter } from "../../state/filter";
import { criteriaOf } from "../../state/filter_words";
import { persisted } from "../../state/persisted";
import { LIST_HEADING, refine } from "./address";
import { RefinePanel } from "./refine_panel";

/** The list follows the search field this long after the last letter. */
const SEARCH_DELAY = 500;

const isPanelOpen = persisted("users.panel", false);

/** Search, the chip for users who never logged in, the panel of all criteria, and the active ones. */
export function RefineBar({ filter }: { filter: UserFilter }) {
  const panel = useId();
  const isNarrow = useMedia(NARROW);
  const isNever = filter.firstLogin === "never";
  const active = criteriaOf(filter).filter(({ criterion }) => !isBeside(criterion, filter));
  // The panel is made anew for another filter. On a narrow screen it would hide what it has found.
  const showList = () => {
    if (isNarrow) isPanelOpen.value = false;
    document.getElementById(LIST_HEADING)?.focus();
  };
  return (
    <section class="refine" aria-label={t("users.refine")}>
      <div class="refine-line">
        <SearchField q={filter.q ?? ""} />
        <button
          type="button"
          class="chip"
          aria-pressed={isNever}
          onClick={() => refine({ firstLogin: isNever ? undefined : "never" })}
        >
          {t("users.never_logged_in")}
        </button>
        <button
          type="button"
          class="button"
          aria-expanded={isPanelOpen.value}
          aria-controls={panel}
          onClick={() => {
            isPanelOpen.value = !isPanelOpen.value;
          }}
        >
          {active.length > 0
            ? t("users.more_criteria_set", { number: active.length })
            : t("users.more_criteria")}
        </button>
      </div>
      <div id={panel} hidden={!isPanelOpen.value}>
        {isPanelOpen.value && (
          <RefinePanel key={JSON.stringify(filter)} filter={filter} onApplied={showList} />
        )}
      </div>
      {active.length > 0 && <ActiveCriteria active={active} />}
    </section>
  );
}

/** Whether the search field or the chip beside it shows a criterion already. */
const isBeside = (criterion: Criterion, { firstLogin }: UserFilter) =>
  criterion === "q" || (criterion === "firstLogin" && firstLogin === "never");

function SearchField({ q }: { q: string }) {
  const text = useSignal(q);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(q);

  // Another address, such as after Back or "Clear all", is shown; the operator's own typing is not disturbed.
  useEffect(() => {
    if (q !== asked.current) text.value = q;
    asked.current = q;
  }, [q]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const search = () => {
    clearTimeout(timer.current);
    const wanted = text.value.trim();
    if (wanted === asked.current) return;
    const isGoingOn = asked.current !== "";
    asked.current = wanted;
    refine({ q: wanted || undefined }, isGoingOn);
  };
  const onInput = (event: InputEvent) => {
    text.value = (event.currentTarget as HTMLInputElement).value;
    clearTimeout(timer.current);
    if (!event.isComposing) timer.current = setTimeout(search, SEARCH_DELAY);
  };

  return (
    <search class="refine-search">
      <input
        type="search"
        class="input"
        aria-label={t("users.search")}
        placeholder={t("users.search_hint")}
        maxLength={200}
        value={text.value}
        onInput={onInput}
        onCompositionEnd={event => {
          text.value = event.currentTarget.value;
          timer.current = setTimeout(search, SEARCH_DELAY);
        }}
        onKeyDown={event => {
          if (event.key === "Enter" && !event.isComposing) search();
        }}
      />
    </search>
  );
}

/** Each criterion of the panel in words, as a button that takes it away. */
function ActiveCriteria({ active }: { active: ReturnType<typeof criteriaOf> }) {
  const list = useRef<HTMLUListElement>(null);

  const remove = (criterion: Criterion, index: number) => {
    refine({ [criterion]: undefined });
    // The next chip takes the place and the focus; after the last one it is the search field.
    requestAnimationFrame(() => {
      const buttons = list.current?.querySelectorAll<HTMLElement>("button.chip") ?? [];
      const next = buttons[Math.min(index, buttons.length - 1)];
      (next ?? document.querySelector<HTMLElement>(".refine-search input"))?.focus();
    });
  };
  const clear = () => {
    refine(Object.fromEntries(CRITERIA.map(criterion => [criterion, undefined])));
    document.querySelector<HTMLElement>(".refine-search input")?.focus();
  };
  return (
    <ul class="active-criteria" aria-label={t("users.active_criteria")} ref={list}>
      {active.map(({ criterion, words }, index) => (
        <li key={criterion}>
          <button
            type="button"
            class="chip"
            aria-label={t("users.remove_criterion", { words })}
            onClick={() => remove(criterion, index)}
          >
            {words} <span aria-hidden="true">✕</span>
          </button>
        </li>
      ))}
      <li>
        <button type="button" class="button quiet" onClick={clear}>
          {t("users.clear_all")}
        </button>
      </li>
    </ul>
  );
}
