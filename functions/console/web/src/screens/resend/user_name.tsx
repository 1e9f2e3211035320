import { Link } from "../../parts/link";
import { to } from "../../routes";
import { may } from "../../state/operator";

interface Props {
  id: string;
  shown: string;
  /** Whether the operator may see the user. */
  isKnown?: boolean;
}

/** The name of a user, with a link where the operator can open them. */
export function UserName({ id, shown, isKnown = true }: Props) {
  if (!may.readUsers.value || !isKnown) return <bdi>{shown}</bdi>;
  return (
    <Link href={to.user(id)}>
      <bdi>{shown}</bdi>
    </Link>
  );
}
