/** What a program needs to ask for tokens, as a `.env` file. @param comment a line about it */
export function envFile(values: {
  comment: string;
  clientId: string;
  clientSecret: string;
  issuer: string;
}): string {
  const { comment, clientId, clientSecret, issuer } = values;
  const lines = [
    `# ${comment.replaceAll(/\s+/g, ' ')}`,
    `CLIENT_ID=${clientId}`,
    `CLIENT_SECRET=${clientSecret}`,
    `ISSUER=${issuer}`,
    `TOKEN_ENDPOINT=${issuer.replace(/\/$/, '')}/oauth2/token`,
  ];
  return `${lines.join('\n')}\n`;
}
