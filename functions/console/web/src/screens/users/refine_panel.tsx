import { useSignal } from "@preact/signals";
import type { Status } from "../../api/types";
import { name, t } from "../../i18n/messages";
import { Field } from "../../parts/field";
import type { Criterion, UserFilter } from "../../state/filter";
import { endsOf } from "../../state/filter_words";
import { refine } from "./address";
import {
  type CountEnds,
  countRange,
  type PeriodChoice,
  periodOf,
  periodValue,
} from "./refine_values";

const STATUSES: Status[] = [
  "active",
  "suspended",
  "inactive",
  "pending_approval",
  "rejected",
  "not_yet_valid",
];
const INVITATIONS = ["none", "pending", "used", "expired", "ended"];

type Draft = {
  status: string[];
  invitation: string[];
  suppressed: string;
  firstLogin: PeriodChoice;
  signedUp: PeriodChoice;
  lastInvited: PeriodChoice;
  inviteCount: CountEnds;
};

function draftOf(filter: UserFilter): Draft {
  const list = (value: string | undefined) => value?.split(",") ?? [];
  const count = filter.inviteCount ?? "";
  return {
    status: list(filter.status),
    invitation: list(filter.invitation),
    suppressed: filter.suppressed ?? "",
    firstLogin: periodOf(filter.firstLogin),
    signedUp: periodOf(filter.signedUp),
    lastInvited: periodOf(filter.lastInvited),
    inviteCount: endsOf(count) ?? { from: count, to: count },
  };
}

function changesOf(draft: Draft): Partial<Record<Criterion, string | undefined>> {
  return {
    status: draft.status.join(",") || undefined,
    invitation: draft.invitation.join(",") || undefined,
    suppressed: draft.suppressed || undefined,
    firstLogin: periodValue(draft.firstLogin),
    signedUp: periodValue(draft.signedUp),
    lastInvited: periodValue(draft.lastInvited),
    inviteCount: countRange(draft.inviteCount),
  };
}

const isBackwards = ({ mode, from, to }: PeriodChoice) =>
  mode === "period" && from !== "" && to !== "" && to < from;

/** All criteria but the search. They take effect together, by one request. */
export function RefinePanel({ filter, onApplied }: { filter: UserFilter; onApplied: () => void }) {
  const draft = useSignal(draftOf(filter));
  const change = (part: Partial<Draft>) => {
    draft.value = { ...draft.value, ...part };
  };
  const { status, invitation, suppressed, firstLogin, signedUp, lastInvited, inviteCount } =
    draft.value;
  const isWrong = [firstLogin, signedUp, lastInvited].some(isBackwards);

  return (
    <form
      class="refine-panel card"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        if (isWrong) return;
        refine(changesOf(draft.value));
        onApplied();
      }}
    >
      <Choices
        legend={t("users.status")}
        kind="userStatus"
        values={STATUSES}
        chosen={status}
        onChange={chosen => change({ status: chosen })}
      />
      <Choices
        legend={t("users.invitation")}
        kind="invitationState"
        values={INVITATIONS}
        chosen={invitation}
        onChange={chosen => change({ invitation: chosen })}
      />
      <PeriodField
        label={t("users.first_login")}
        never={t("filter.never_logged_in")}
        value={firstLogin}
        onChange={period => change({ firstLogin: period })}
      />
      <PeriodField
        label={t("users.signed_up")}
        value={signedUp}
        onChange={period => change({ signedUp: period })}
      />
      <PeriodField
        label={t("users.last_invited")}
        never={t("filter.never_invited")}
        value={lastInvited}
        onChange={period => change({ lastInvited: period })}
      />
      <CountField value={inviteCount} onChange={ends => change({ inviteCount: ends })} />
      <Field label={t("users.suppressed")}>
        {attributes => (
          <select
            {...attributes}
            class="select"
            value={suppressed}
            onChange={event => change({ suppressed: event.currentTarget.value })}
          >
            <option value="">{t("filter.any")}</option>
            <option value="true">{t("filter.suppressed")}</option>
            <option value="false">{t("filter.not_suppressed")}</option>
          </select>
        )}
      </Field>
      <div class="actions refine-apply">
        <button type="submit" class="button primary" aria-disabled={isWrong}>
          {t("users.apply")}
        </button>
      </div>
    </form>
  );
}

interface ChoicesProps {
  legend: string;
  kind: string;
  values: string[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

function Choices({ legend, kind, values, chosen, onChange }: ChoicesProps) {
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {values.map(value => (
        <label class="choice" key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={event =>
              onChange(
                values.filter(one =>
                  one === value ? event.currentTarget.checked : chosen.includes(one),
                ),
              )
            }
          />
          {name(kind, value)}
        </label>
      ))}
    </fieldset>
  );
}

interface PeriodProps {
  label: string;
  /** The choice that it never happened, if there is one. */
  never?: string;
  value: PeriodChoice;
  onChange: (value: PeriodChoice) => void;
}

/** Any time, never, or a period between two days, both of them inside. */
function PeriodField({ label, never, value, onChange }: PeriodProps) {
  const { mode, from, to } = value;
  const error = isBackwards(value) ? t("filter.period.backwards") : undefined;
  return (
    <fieldset>
      <legend>{label}</legend>
      <select
        class="select"
        aria-label={label}
        value={mode}
        onChange={event =>
          onChange({ ...value, mode: event.currentTarget.value as PeriodChoice["mode"] })
        }
      >
        <option value="any">{t("filter.any")}</option>
        {never && <option value="never">{never}</option>}
        <option value="period">{t("filter.period.choice")}</option>
      </select>
      {mode === "period" && (
        <div class="period">
          <Field label={t("filter.from")}>
            {attributes => (
              <input
                {...attributes}
                type="date"
                class="input"
                value={from}
                onInput={event => onChange({ ...value, from: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field label={t("filter.to")} error={error}>
            {attributes => (
              <input
                {...attributes}
                type="date"
                class="input"
                value={to}
                onInput={event => onChange({ ...value, to: event.currentTarget.value })}
              />
            )}
          </Field>
        </div>
      )}
    </fieldset>
  );
}

function CountField({
  value,
  onChange,
}: {
  value: CountEnds;
  onChange: (value: CountEnds) => void;
}) {
  const input = (end: keyof CountEnds, label: string) => (
    <Field label={label}>
      {attributes => (
        <input
          {...attributes}
          type="number"
          inputMode="numeric"
          min={0}
          max={100000}
          step={1}
          class="input"
          value={value[end]}
          onInput={event => onChange({ ...value, [end]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  return (
    <fieldset>
      <legend>{t("users.invite_count")}</legend>
      <div class="period">
        {input("from", t("filter.at_least"))}
        {input("to", t("filter.at_most"))}
      </div>
    </fieldset>
  );
}
