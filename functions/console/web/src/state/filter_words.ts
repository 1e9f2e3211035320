/** A filter and a selection in words: chips, labels and confirmations say the same. */

import {
  formatAlternatives,
  formatDate,
  formatList,
  formatNumber,
  formatZoned,
} from "../i18n/format";
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
  return Number.isNaN(Date.parse(moment)) ? moment : formatZoned(moment, organisationZone.value);
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
    ? tn("filter.words.invited_at_least", Number(from))
    : tn("filter.words.invited_at_most", Number(to));
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

/** The criteria that a sentence about users says in a phrase with "who". The others are said with "with". */
const IN_WHO: Criterion[] = ["firstLogin", "signedUp", "lastInvited", "inviteCount"];

function invitedPhrase(value: string): string {
  if (value === "0") return t("filter.phrase.never_invited");
  const ends = endsOf(value);
  if (!ends) return tn("filter.phrase.invited", Number(value));
  const { from, to } = ends;
  if (from && to) return t("filter.phrase.invited_between", { from, to });
  return from
    ? tn("filter.phrase.invited_at_least", Number(from))
    : tn("filter.phrase.invited_at_most", Number(to));
}

/** One criterion as a part of a sentence about users, whatever their number is. */
const PHRASES: Record<Criterion, (value: string) => string> = {
  q: text => t("filter.phrase.q", { text }),
  status: value => t("filter.phrase.status", { status: choices("userStatus", value) }),
  firstLogin: value =>
    value === "never"
      ? t("filter.phrase.never_logged_in")
      : t("filter.phrase.first_login", { period: periodWords(value) }),
  signedUp: value => t("filter.phrase.signed_up", { period: periodWords(value) }),
  lastInvited: value =>
    value === "never"
      ? t("filter.phrase.never_invited")
      : t("filter.phrase.last_invited", { period: periodWords(value) }),
  inviteCount: invitedPhrase,
  invitation: value => t("filter.phrase.invitation", { state: choices("invitationState", value) }),
  suppressed: value =>
    value === "true" ? t("filter.phrase.suppressed") : t("filter.phrase.not_suppressed"),
};

/** The criteria of a filter as one phrase, such as "with the status Active who never logged in". Empty without criteria. */
function criteriaPhrase(filter: UserFilter): string {
  const phrasesOf = (isInWho: boolean) =>
    CRITERIA.filter(criterion => IN_WHO.includes(criterion) === isInWho).flatMap(criterion => {
      const value = filter[criterion];
      return value === undefined ? [] : [PHRASES[criterion](value)];
    });
  const [attributes, deeds] = [phrasesOf(false), [...new Set(phrasesOf(true))]];
  const first = attributes.length ? t("filter.phrase.with", { list: formatList(attributes) }) : "";
  const second = deeds.length ? t("filter.phrase.who", { list: formatList(deeds) }) : "";
  return first && second ? t("filter.phrase.with_who", { first, second }) : first || second;
}

/** Everybody whom a filter matches, such as "All 138 users in Sales with the status Active who never logged in". */
function everybodyWords(
  { filter, count, estimated }: Extract<Selection, { kind: "filter" }>,
  group: string | undefined,
): string {
  const number = countWords(count, estimated);
  const all = estimated ? t("selection.all_about", { number }) : tn("selection.all", count);
  const users = group ? t("selection.in_group", { users: all, group }) : all;
  const criteria = criteriaPhrase(filter);
  return criteria ? t("selection.with_criteria", { users, criteria }) : users;
}

/** The selection in full words. `group` is the name of the filter's group. */
export function selectionWords(selection: Selection, group?: string): string {
  if (selection.kind === "users") return tn("selection.chosen", selectedCount(selection));

  const everybody = everybodyWords(selection, group ?? selection.filter.group);
  const left = Object.keys(selection.except).length;
  if (!left) return everybody;
  const rest = countWords(selectedCount(selection), selection.estimated);
  return t("selection.less", { everybody, left, rest });
}
