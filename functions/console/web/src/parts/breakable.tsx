/** Places at which an address may end a line: after its `@`, and after the dots before it. */
const IN_ADDRESS = /(?<=@|\.(?=.*@))/;

/** Places at which a path or a login id may end a line. */
const IN_PATH = /(?<=[./_-])/;

/**
 * A long text without blanks, such as an address or a path, whose lines end after its signs. The style adds the places: an
 * element such as `wbr` would be a blank in the name of a link.
 */
export function Breakable({ text }: { text: string }) {
  const parts = text.split(text.includes("@") ? IN_ADDRESS : IN_PATH);
  return (
    <>
      {parts.map((part, index) => (
        <span key={index} class="breakable">
          {part}
        </span>
      ))}
    </>
  );
}
