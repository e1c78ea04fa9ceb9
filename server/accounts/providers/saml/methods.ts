const classes = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';
const microsoft = 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/';

/** What authentication contexts of SAML come to in the words of RFC 8176, where there are any. */
const methodsByContext: ReadonlyMap<string, readonly string[]> = new Map([
  [`${classes}Password`, ['pwd']],
  [`${classes}PasswordProtectedTransport`, ['pwd']],
  [`${classes}InternetProtocolPassword`, ['pwd']],
  [`${classes}SecureRemotePassword`, ['pwd']],
  [`${classes}TimeSyncToken`, ['otp']],
  [`${classes}Smartcard`, ['sc']],
  [`${classes}SmartcardPKI`, ['sc', 'pin', 'mfa']],
  [`${classes}SoftwarePKI`, ['swk']],
  [`${classes}X509`, ['pop']],
  [`${classes}TLSClient`, ['pop']],
  [`${classes}MobileTwoFactorUnregistered`, ['mfa']],
  [`${classes}MobileTwoFactorContract`, ['mfa']],
  ['https://refeds.org/profile/mfa', ['mfa']],
  ['urn:federation:authentication:windows', ['wia']],
  ['http://schemas.microsoft.com/claims/multipleauthn', ['mfa']],
  ['http://schemas.microsoft.com/claims/wiaormultiauthn', ['wia']],
  [`${microsoft}password`, ['pwd']],
  [`${microsoft}windows`, ['wia']],
  [`${microsoft}x509`, ['pop']],
  [`${microsoft}smartcardpki`, ['sc', 'pin', 'mfa']],
]);

/** The methods (`amr`) of the contexts, each once; contexts that say nothing of a method have none. */
export function methodsOf(contexts: readonly string[]): string[] {
  return [...new Set(contexts.flatMap((context) => methodsByContext.get(context) ?? []))];
}
