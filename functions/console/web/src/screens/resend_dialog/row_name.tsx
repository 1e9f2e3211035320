import { Breakable } from "../../parts/breakable";
import { listedName } from "../../state/shown_name";

/** A user of a list. A user who is not found has no login id. */
interface Named {
  userId: string;
  loginId?: string;
  displayName?: string;
}

/** The name of a user, and the login id in a lighter colour. */
export function RowName({ row }: { row: Named }) {
  const { displayName, loginId } = row;
  if (!displayName || !loginId) return <>{listedName(row)}</>;
  return (
    <>
      {displayName}{" "}
      <span class="row-login">
        <Breakable text={loginId} />
      </span>
    </>
  );
}
