import { useSignal } from "@preact/signals";
import type { Resend } from "../../api/types";
import { t } from "../../i18n/messages";
import { Field } from "../../parts/field";
import { NARROW, useMedia } from "../../parts/media";
import { parameter, query, setParameters } from "../../routes";
import {
  groupPath,
  knownGroups,
  knownTemplates,
  loadGroups,
  moreGroups,
  templateName,
} from "../../state/names";
import { may, me } from "../../state/operator";
import { CRITERIA, isRefined, type ListCriterion } from "./list_query";

const set = (criterion: ListCriterion, value: string) =>
  setParameters({ [criterion]: value || undefined, next: undefined });

interface Option {
  value: string;
  label: string;
}

/** The operators of the page, the reader, and the one who is chosen. */
function makers(resends: Resend[], chosen: string | undefined): Option[] {
  const own = me.value?.user.id;
  const names = new Map<string, string>();
  if (chosen) names.set(chosen, chosen);
  for (const { createdBy, createdByName } of resends) {
    names.set(createdBy, createdByName ?? createdBy);
  }
  if (own) names.delete(own);
  const others = [...names].map(([value, label]) => ({ value, label }));
  return own ? [{ value: own, label: t("resends.me") }, ...others] : others;
}

/** The templates that may be chosen: those whose names are known, and those of the page. */
function templates(resends: Resend[], chosen: string | undefined): Option[] {
  const ids = new Set([...knownTemplates.value.keys(), ...resends.map(one => one.templateId)]);
  if (chosen) ids.add(chosen);
  return [...ids].map(value => ({ value, label: templateName(value) }));
}

function groups(chosen: string | undefined): Option[] {
  const ids = new Set(knownGroups.value.keys());
  if (chosen) ids.add(chosen);
  return [...ids].map(value => ({ value, label: groupPath(value) }));
}

/** Refines the list. On a narrow screen the criteria are folded, unless some are set when it opens. */
export function ListRefinement({ resends }: { resends: Resend[] }) {
  const isNarrow = useMedia(NARROW);
  const isOpen = useSignal(isRefined(query.value));
  if (!isNarrow) return <Criteria resends={resends} />;
  return (
    <details
      class="resends-fold"
      open={isOpen.value}
      onToggle={event => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{t("resends.filter")}</summary>
      <Criteria resends={resends} />
    </details>
  );
}

/** The group, the template, who made a resend, and when. */
function Criteria({ resends }: { resends: Resend[] }) {
  const template = parameter("template");
  const maker = parameter("createdBy");
  const group = parameter("group");
  return (
    <search class="resends-refine">
      {may.listGroups.value && (
        <Choice
          label={t("resends.group")}
          criterion="group"
          all={t("resends.any_group")}
          options={groups(group)}
        />
      )}
      {may.listGroups.value && moreGroups.value && (
        <button type="button" class="button" onClick={() => void loadMoreGroups()}>
          {t("resends.more_groups")}
        </button>
      )}
      <Choice
        label={t("resends.template")}
        criterion="template"
        all={t("resends.any_template")}
        options={templates(resends, template)}
      />
      <Choice
        label={t("resends.made_by")}
        criterion="createdBy"
        all={t("resends.anybody")}
        options={makers(resends, maker)}
      />
      <Day label={t("resends.from")} criterion="from" />
      <Day label={t("resends.to")} criterion="to" />
      {isRefined(query.value) && (
        <button
          type="button"
          class="button quiet"
          onClick={() => {
            const clear = Object.fromEntries(CRITERIA.map(criterion => [criterion, undefined]));
            setParameters({ ...clear, next: undefined });
          }}
        >
          {t("resends.clear")}
        </button>
      )}
    </search>
  );
}

/** A failure leaves the button, so that the operator may press it again. */
async function loadMoreGroups(): Promise<void> {
  await loadGroups(moreGroups.value).catch(() => undefined);
}

interface ChoiceProps {
  label: string;
  criterion: ListCriterion;
  all: string;
  options: Option[];
}

function Choice({ label, criterion, all, options }: ChoiceProps) {
  return (
    <Field label={label} pointer={criterion}>
      {attributes => (
        <select
          {...attributes}
          class="select"
          value={parameter(criterion) ?? ""}
          onChange={event => set(criterion, event.currentTarget.value)}
        >
          <option value="">{all}</option>
          {options.map(option => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Day({ label, criterion }: { label: string; criterion: "from" | "to" }) {
  return (
    <Field label={label} pointer={criterion}>
      {attributes => (
        <input
          {...attributes}
          class="input"
          type="date"
          value={parameter(criterion) ?? ""}
          onChange={event => set(criterion, event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
