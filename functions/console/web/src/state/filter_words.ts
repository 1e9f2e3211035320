/** A filter and a selection in words: chips, labels and confirmations say the same. */

import { formatAlternatives, formatDate, formatNumber, formatShort } from "../i18n/format";
import { name, t, tn } from "../i18n/messages";
import { CRITERIA, type Criterion, type UserFilter } from "./filter";
import { organisationZone } from "./operator";
import { type Selection, selectedCount } from "./selection";

const RANGE = /^(.*?)\.\.(.*)$/;

/** The ends of a range such as `2026-01-01..2026-02-01` or `2..`; an open end is empty. */
export function endsOf(range: string): { from: string; to: string } | undefined {
  const found = RANGE.exec(range);
  return found ? { from: found[1] ?? "", to: found[2] ?? "" } : undefined;
}

/** A day or an instant in words. A text that is neither stays as it is. */
function momentWords(moment: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(moment) && !Number.isNaN(Date.parse(moment)))
    return formatDate(moment, "UTC");
  return Number.isNaN(Date.parse(moment)) ? moment : formatShort(moment, organisationZone.value);
}

function periodWords(period: string): string {
  const ends = endsOf(period);
  if (!ends) return period;
  const { from, to } = ends;
  if (from && to)
    return t("filter.period.between", { from: momentWords(from), to: momentWords(to) });
  return from
    ? t("filter.period.from", { from: momentWords(from) })
    : t("filter.period.to", { to: momentWords(to) });
}

function inviteCountWords(value: string): string {
  if (value === "0") return t("filter.words.never_invited");
  const ends = endsOf(value);
  if (!ends) return tn("filter.words.invited_times", Number(value));
  const { from, to } = ends;
  if (from && to) return t("filter.words.invited_between", { from, to });
  return from
    ? t("filter.words.invited_at_least", { from })
    : t("filter.words.invited_at_most", { to });
}

const choices = (kind: string, value: string) =>
  formatAlternatives(value.split(",").map(one => name(kind, one)));

const WORDS: Record<Criterion, (value: string) => string> = {
  q: text => t("filter.words.q", { text }),
  status: value => t("filter.words.status", { status: choices("userStatus", value) }),
  firstLogin: value =>
    value === "never"
      ? t("filter.words.never_logged_in")
      : t("filter.words.first_login", { period: periodWords(value) }),
  signedUp: value => t("filter.words.signed_up", { period: periodWords(value) }),
  lastInvited: value =>
    value === "never"
      ? t("filter.words.never_invited")
      : t("filter.words.last_invited", { period: periodWords(value) }),
  inviteCount: inviteCountWords,
  invitation: value => t("filter.words.invitation", { state: choices("invitationState", value) }),
  suppressed: value =>
    value === "true" ? t("filter.words.suppressed") : t("filter.words.not_suppressed"),
};

/** One criterion in words, such as "status active or suspended". */
export function criterionWords(criterion: Criterion, value: string): string {
  return WORDS[criterion](value);
}

/** The criteria that a filter has, each in words. */
export function criteriaOf(filter: UserFilter): { criterion: Criterion; words: string }[] {
  return CRITERIA.flatMap(criterion => {
    const value = filter[criterion];
    return value === undefined ? [] : [{ criterion, words: criterionWords(criterion, value) }];
  });
}

/** "138", or "about 12,000". */
export function countWords(count: number, estimated: boolean): string {
  const number = formatNumber(count);
  return estimated ? t("selection.about", { number }) : number;
}

/** Everybody whom a filter matches, such as "All 138 that match status active, never logged in". */
function everybodyWords(filter: UserFilter, number: string, group: string | undefined): string {
  const criteria = criteriaOf(filter)
    .map(({ words }) => words)
    .reduce((first, second) => (first ? t("filter.both", { first, second }) : second), "");
  if (group && criteria) return t("selection.all_in_group_that_match", { number, group, criteria });
  if (group) return t("selection.all_in_group", { number, group });
  return criteria
    ? t("selection.all_that_match", { number, criteria })
    : t("selection.all", { number });
}

/** The selection in full words. `group` is the name of the filter's group. */
export function selectionWords(selection: Selection, group?: string): string {
  if (selection.kind === "users") return tn("selection.chosen", selectedCount(selection));

  const { filter, count, estimated, except } = selection;
  const everybody = everybodyWords(filter, countWords(count, estimated), group ?? filter.group);
  const left = Object.keys(except).length;
  return left ? t("selection.less", { everybody, left }) : everybody;
}
