/** What is done with programs of one language. */
export interface Language {
  readonly id: string;
  /** The same in every language that people speak. */
  readonly name: string;
  /** The commands that bring the packages; none where the run does. */
  readonly install: readonly string[];
  /** What runs it; undefined for what is a part of something larger. */
  readonly run: string | undefined;
  /** Each by where it belongs, beside the others. */
  readonly files: readonly { readonly fileName: string; readonly text: string }[];
}

/** A program of one file, and what runs it. @param runner the command before the file's name */
export function program(runner: string, fileName: string, text: string): Pick<Language, 'run' | 'files'> {
  return { run: `${runner} ${fileName}`, files: [{ fileName, text }] };
}
