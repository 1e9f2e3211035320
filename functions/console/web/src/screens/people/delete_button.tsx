import { useSignal } from "@preact/signals";
import { Confirm } from "../../parts/confirm";

interface Props {
  /** The words of the button, and those of the question that it asks. */
  action: string;
  title: string;
  question: string;
  onDelete: () => Promise<void>;
}

/** A button that deletes something after a question. */
export function DeleteButton({ action, title, question, onDelete }: Props) {
  const isAsking = useSignal(false);
  const ask = (asking: boolean) => {
    isAsking.value = asking;
  };
  return (
    <>
      <button type="button" class="button danger" onClick={() => ask(true)}>
        {action}
      </button>
      {isAsking.value && (
        <Confirm title={title} action={action} onConfirm={onDelete} onClose={() => ask(false)}>
          <p>{question}</p>
        </Confirm>
      )}
    </>
  );
}
