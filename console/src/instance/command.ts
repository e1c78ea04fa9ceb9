/** The operator's command that sets how many applications an instance may have. */
export function maxApplicationsCommand(handle: string): string {
  return `npx postern instance update ${quoted(handle)} --max-applications 20`;
}

/** The operator's command that lets everybody use a password again, whatever else fails. */
export function passwordSignInCommand(handle: string): string {
  return `npx postern instance update ${quoted(handle)} --password-sign-in everybody`;
}

/** As one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
