import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { correctAddress } from "../../api/calls";
import type { ApiError } from "../../api/errors";
import type { User } from "../../api/types";
import { t } from "../../i18n/messages";
import { plainAddress } from "../../parts/email";
import { Field } from "../../parts/field";
import { fieldError, ProblemBanner } from "../../parts/problem";
import { persisted } from "../../state/persisted";
import { apiError } from "../../state/resource";

/** The address that is being typed, and the user it is for. */
const draft = persisted<{ user: string; email: string } | undefined>("user.address", undefined);

interface Props {
  user: User;
  /** Whether the operator may look at this user, and no more. */
  isViewOnly: boolean;
  onCorrected: (user: User) => void;
}

/** The user's address, which may be put right before the first login. */
export function AddressCard({ user, isViewOnly, onCorrected }: Props) {
  const heading = useId();
  const changed = useSignal<{ email: string | undefined; isNew: boolean } | undefined>(undefined);
  const button = useRef<HTMLButtonElement>(null);
  const mayCorrect = !isViewOnly && !user.firstLoginAt;
  const isOpen = mayCorrect && draft.value?.user === user.id;

  const begin = () => {
    changed.value = undefined;
    draft.value = { user: user.id, email: user.email ?? "" };
  };
  const end = () => {
    draft.value = undefined;
    requestAnimationFrame(() => button.current?.focus());
  };
  return (
    <section class="card" aria-labelledby={heading}>
      <h2 id={heading}>{t("user.address")}</h2>
      <p>
        {user.email ?? <span class="soft">{t("user.address_missing")}</span>}{" "}
        {user.suppressed && <span class="badge warning">{t("users.is_suppressed")}</span>}
      </p>
      <div role="status">
        {changed.value?.email && (
          <p class="banner good">
            {t(changed.value.isNew ? "user.address_added" : "user.address_changed", {
              email: changed.value.email,
            })}
          </p>
        )}
      </div>
      {!isViewOnly && !mayCorrect && <p class="hint">{t("user.address_logged_in")}</p>}
      {mayCorrect && !isOpen && (
        <button type="button" class="button" ref={button} onClick={begin}>
          {t(user.email ? "user.address_correct" : "user.address_add")}
        </button>
      )}
      {isOpen && (
        <AddressForm
          user={user}
          onCancel={end}
          onCorrected={corrected => {
            changed.value = { email: corrected.email, isNew: !user.email };
            end();
            onCorrected(corrected);
          }}
        />
      )}
    </section>
  );
}

interface FormProps {
  user: User;
  onCancel: () => void;
  onCorrected: (user: User) => void;
}

function AddressForm({ user, onCancel, onCorrected }: FormProps) {
  const isBusy = useSignal(false);
  const error = useSignal<ApiError | undefined>(undefined);
  const email = draft.value?.email ?? "";

  const save = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    try {
      onCorrected(await correctAddress(user.id, plainAddress(email)));
    } catch (caught) {
      error.value = apiError(caught);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <form
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void save();
      }}
    >
      <ProblemBanner
        error={error.value}
        onRetry={() => void save()}
        fieldName={() => t("user.address_new")}
      />
      <Field
        label={t("user.address_new")}
        hint={user.email ? t("user.address_hint") : undefined}
        pointer="/email"
        error={fieldError(error.value, "/email")}
      >
        {attributes => (
          <input
            {...attributes}
            ref={focusOnce}
            class="input"
            type="email"
            autocomplete="off"
            spellcheck={false}
            value={email}
            onInput={event => {
              draft.value = { user: user.id, email: event.currentTarget.value };
            }}
            onBlur={() => {
              if (draft.value) draft.value = { user: user.id, email: plainAddress(email) };
            }}
          />
        )}
      </Field>
      <div class="actions">
        <button type="submit" class="button primary" aria-disabled={isBusy.value}>
          {t("user.address_save")}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {t("common.cancel")}
        </button>
      </div>
    </form>
  );
}

/** Gives a control the focus when it appears. */
function focusOnce(control: HTMLElement | null): void {
  control?.focus();
}
