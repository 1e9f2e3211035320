/** The users whom the dialog resends to: a selection of the users screen, or one user. */

import type { Resend, User } from "../../api/types";
import type { Selection } from "../../state/selection";

export type Source =
  | { kind: "selection"; selection: Selection }
  | {
      kind: "user";
      user: User;
      /** Whether the operator has waived the cooldown of this user. */
      ignoreCooldown?: boolean;
    };

export interface ResendDialogProps {
  source: Source;
  /** Esc, or the close button. The draft is kept. */
  onClose: () => void;
  /** The resend is made, and the draft has ended. */
  onCreated: (resend: Resend) => void;
}
