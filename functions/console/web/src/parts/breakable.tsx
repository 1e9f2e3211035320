/** A long text without blanks, such as an address or a path, that a line may end in after its signs. */
export function Breakable({ text }: { text: string }) {
  const parts = text.match(/[^@./_-]*[@./_-]?/g)?.filter(Boolean) ?? [];
  return (
    <>
      {parts.map((part, index) => (
        <>
          {index > 0 && <wbr />}
          {part}
        </>
      ))}
    </>
  );
}
