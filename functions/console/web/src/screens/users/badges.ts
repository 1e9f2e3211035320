/** The colours of states. A badge says its state in words, too. */

export const STATUS_BADGES: Record<string, string> = {
  active: "good",
  suspended: "warning",
  pending_approval: "accent",
  rejected: "danger",
};

export const INVITATION_BADGES: Record<string, string> = {
  pending: "accent",
  used: "good",
  expired: "warning",
};
