import { reasonCount } from "./outcome";

/** Reasons with the number of users that each holds for. */
export function ReasonList({ reasons }: { reasons: [reason: string, count: number][] }) {
  return (
    <ul>
      {reasons.map(([reason, count]) => (
        <li key={reason}>{reasonCount(reason, count)}</li>
      ))}
    </ul>
  );
}
