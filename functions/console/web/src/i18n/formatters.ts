/** The formatters of the browser. To make one is slow, so that each is made once for its locale and options. */

const formatters = new Map<string, unknown>();

/** Makes a formatter of `Intl`, or answers the one that was made before. */
export function formatter<Options extends object, Formatter>(
  Kind: new (locale: string, options: Options) => Formatter,
  locale: string,
  options = {} as NoInfer<Options>,
): Formatter {
  const key = JSON.stringify([Kind.name, locale, options]);
  if (!formatters.has(key)) formatters.set(key, new Kind(locale, options));
  return formatters.get(key) as Formatter;
}
