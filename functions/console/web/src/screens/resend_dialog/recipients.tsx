import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { t } from "../../i18n/messages";
import { ProblemBanner } from "../../parts/problem";
import { Tabs } from "../../parts/tabs";
import { EligibleList } from "./eligible_list";
import { ExcludedList } from "./excluded_list";
import { WaivedCooldown } from "./exclusion_help";
import { isWaived, type Model, mailCount } from "./model";
import { Notices } from "./notices";
import type { ListName } from "./row_pages";
import { useRows } from "./rows";
import { Section } from "./section";
import { isLedToList, useShownList } from "./shown_list";

/** Lists of so many users need no search. */
const SHORT = 10;

/** The first section: the users who will get the mail, and those who will not. */
export function RecipientsSection({ model }: { model: Model }) {
  const { preview } = model;
  const answer = preview.answer.value?.preview;
  return (
    <Section name="recipients" title={t("recipients.title")}>
      <PreviewState model={model} />
      {answer && (
        <>
          <Notices model={model} notices={answer.notices} />
          <Lists model={model} />
        </>
      )}
    </Section>
  );
}

/** Says whether the numbers are those of the draft as it is now. A screen reader hears them once they are settled. */
function PreviewState({ model }: { model: Model }) {
  const { preview } = model;
  const settled = useRef("");
  const { isBusy, error, answer } = preview;
  const hasFieldErrors = error.value && "problem" in error.value && error.value.status === 422;
  const text = () => {
    if (isBusy.value) return answer.value ? t("recipients.updating") : t("recipients.counting");
    if (hasFieldErrors || !["now", "at"].includes(model.start.kind)) {
      return answer.value ? t("recipients.outdated") : t("recipients.correct_first");
    }
    return "";
  };
  const shown = text();
  if (!isBusy.value && !model.isTyping.value) settled.current = shown || countsText(model);
  return (
    <>
      <p class={`preview-state ${isBusy.value ? "busy" : ""}`}>{shown}</p>
      <p role="status" class="visually-hidden">
        {settled.current}
      </p>
      {error.value && !hasFieldErrors && (
        <ProblemBanner error={error.value} onRetry={preview.reload} isQuiet />
      )}
    </>
  );
}

/** "35 will get the mail, 25 will not." */
function countsText(model: Model): string {
  const counts = listCounts(model);
  if (!counts) return "";
  return t(counts.isAbout ? "recipients.settled_about" : "recipients.settled", {
    will: counts.will,
    willNot: counts.willNot,
  });
}

/** The lengths of both lists. */
function listCounts(model: Model) {
  const answer = model.preview.answer.value?.preview;
  if (!answer) return undefined;
  const will = mailCount(model) ?? 0;
  const willNot = answer.counts.excluded + answer.counts.eligible - will;
  return { will, willNot, isAbout: answer.estimated };
}

function Lists({ model }: { model: Model }) {
  const chosen = useShownList();
  const q = useSignal("");
  // Only the list that is shown is searched.
  const isEligible = chosen.value === "eligible";
  const eligible = useRows(model.preview, "eligible", isEligible ? q.value : "");
  const excluded = useRows(model.preview, "excluded", isEligible ? "" : q.value);
  const counts = listCounts(model);
  if (!counts) return null;

  const { will, willNot, isAbout } = counts;
  const isLong = will > SHORT || willNot > SHORT || q.value !== "";
  return (
    <Tabs
      label={t("recipients.title")}
      tabs={[
        {
          key: "eligible",
          label: isAbout
            ? t("recipients.tab_will_about", { count: will })
            : t("recipients.tab_will", { count: will }),
        },
        {
          key: "excluded",
          label: isAbout
            ? t("recipients.tab_will_not_about", { count: willNot })
            : t("recipients.tab_will_not", { count: willNot }),
        },
      ]}
      chosen={chosen.value}
      onChoose={key => {
        chosen.value = key as ListName;
      }}
    >
      {isAbout && <p class="hint">{t("recipients.estimated")}</p>}
      {isLong && (
        <Search
          q={q.value}
          hint={isEligible && isLedToList.value ? t("recipients.search_password") : undefined}
          onChange={next => {
            q.value = next;
          }}
        />
      )}
      {isWaived(model) ? (
        <WaivedCooldown key={chosen.value} model={model} />
      ) : chosen.value === "eligible" ? (
        <EligibleList model={model} rows={eligible} q={q.value} />
      ) : (
        <ExcludedList model={model} rows={excluded} q={q.value} />
      )}
    </Tabs>
  );
}

interface SearchProps {
  q: string;
  /** The next step, for an operator who was led here. */
  hint: string | undefined;
  onChange: (q: string) => void;
}

function Search({ q, hint, onChange }: SearchProps) {
  const id = useId();
  const hintId = useId();
  return (
    <div class="list-search">
      <label for={id}>{t("recipients.search")}</label>
      {hint && (
        <p class="hint" id={hintId}>
          {hint}
        </p>
      )}
      <input
        id={id}
        aria-describedby={hint && hintId}
        class="input"
        type="search"
        autocomplete="off"
        spellcheck={false}
        value={q}
        onInput={event => {
          if (!event.isComposing) onChange(event.currentTarget.value.trim());
        }}
        onCompositionEnd={event => onChange(event.currentTarget.value.trim())}
      />
    </div>
  );
}
