import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren, ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import type { ApiError } from "../../api/errors";
import { t } from "../../i18n/messages";
import { ProblemBanner } from "../../parts/problem";
import { differencesOf, TheirsAndMine } from "../../parts/theirs_and_mine";
import { useAction } from "../../state/action";
import { differences, mineOnTop } from "../../state/merge";

/** A thing while it is edited: as it was read, absent for a new one, and as the form has it. */
export interface Draft<Stored, Form> {
  id: string;
  base?: Stored;
  mine: Form;
}

/** A kind of things that have no version: they are read again before they are stored, so that nobody's change is lost unseen. */
export interface Kind<Stored extends object, Form extends object> {
  read: (id: string) => Promise<Stored>;
  /** Stores the form. Answers what there is to notice. */
  write: (id: string, form: Form, base: Stored | undefined) => Promise<string[]>;
  formOf: (stored: Stored) => Form;
  /** The name of a field, and its value in a form as text. */
  label: (field: string) => string;
  text: (form: Form, field: string) => string;
  /** The name of the field at a pointer. */
  fieldName: (pointer: string) => string;
}

/** What the fields of a form take. */
export interface FieldsProps<Form> {
  form: Form;
  /** The id of what is edited, if it exists already. */
  stored: string | undefined;
  error: ApiError | undefined;
  onChange: (changes: Partial<Form>) => void;
}

interface Props<Stored extends object, Form extends object> {
  kind: Kind<Stored, Form>;
  open: Draft<Stored, Form>;
  /** Where the draft is kept. */
  held: Signal<Draft<Stored, Form> | undefined>;
  title: string;
  submit: string;
  /** The words of the button that ends the form without storing it; without them there is none. */
  leave?: string;
  onLeave?: () => void;
  Fields: ComponentType<FieldsProps<Form>>;
  onStored: () => Promise<void> | void;
  /** Further buttons. */
  children?: ComponentChildren;
}

/** Edits a thing: its draft outlives a reload, and a change of somebody else meanwhile is shown beside it. */
export function EditForm<Stored extends object, Form extends object>(props: Props<Stored, Form>) {
  const { kind, open, held, title, submit, leave, onLeave, Fields, onStored, children } = props;
  const { id, base, mine } = open;
  const { running, error, run } = useAction();
  const theirs = useSignal<Stored | undefined>(undefined);
  const said = useSignal<string[]>([]);
  const before = base && kind.formOf(base);
  const isReady = !theirs.value && !(before && differences(before, mine).length === 0);

  const save = () =>
    run(async () => {
      const now = before && (await kind.read(id));
      if (now && differences(before, kind.formOf(now)).length > 0) {
        theirs.value = now;
        return;
      }
      const notices = await kind.write(id, mine, base);
      held.value = undefined;
      said.value = [t("people.saved"), ...notices];
      await onStored();
    });
  return (
    <form
      class="card"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        if (isReady) void save();
      }}
    >
      <h2 tabIndex={-1}>{title}</h2>
      {before && theirs.value && (
        <Conflict
          kind={kind}
          base={before}
          theirs={kind.formOf(theirs.value)}
          mine={mine}
          onChoose={chosen => {
            held.value = { id, base: theirs.value as Stored, mine: chosen };
            theirs.value = undefined;
          }}
        />
      )}
      <ProblemBanner error={error.value} onRetry={() => void save()} fieldName={kind.fieldName} />
      <Fields
        form={mine}
        stored={base && id}
        error={error.value}
        onChange={changes => {
          said.value = [];
          held.value = { ...open, mine: { ...mine, ...changes } };
        }}
      />
      <div class="actions">
        <button type="submit" class="button primary" aria-disabled={running.value || !isReady}>
          {submit}
        </button>
        {leave && (
          <button
            type="button"
            class="button"
            onClick={() => {
              held.value = undefined;
              onLeave?.();
            }}
          >
            {leave}
          </button>
        )}
        {children}
      </div>
      <div role="status">
        {said.value.map(words => (
          <p key={words}>{words}</p>
        ))}
      </div>
    </form>
  );
}

interface ConflictProps<Form extends object> {
  kind: Pick<Kind<never, Form>, "label" | "text">;
  base: Form;
  theirs: Form;
  mine: Form;
  onChoose: (form: Form) => void;
}

function Conflict<Form extends object>(props: ConflictProps<Form>) {
  const { kind, base, theirs, mine, onChoose } = props;
  return (
    <TheirsAndMine
      differences={differencesOf({ base, theirs, mine }, kind.label, kind.text)}
      onUseTheirs={() => onChoose(theirs)}
      onKeepMine={() => onChoose(mineOnTop(base, theirs, mine))}
    />
  );
}

/** The draft of a thing that does not exist yet. Its id is kept with it, so that a repeated request makes no second one. */
export function useNewDraft<Stored, Form>(
  held: Signal<Draft<Stored, Form> | undefined>,
  make: () => Form,
): Draft<Stored, Form> | undefined {
  useEffect(() => {
    if (!held.value || held.value.base) held.value = { id: crypto.randomUUID(), mine: make() };
  }, []);
  return held.value?.base ? undefined : held.value;
}
