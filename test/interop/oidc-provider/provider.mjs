// node-oidc-provider with its own pages for development: whoever types a name is that person.
import Provider from 'oidc-provider';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, PORT } = process.env;

const provider = new Provider(ISSUER, {
  clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [REDIRECT_URI] }],
  claims: { email: ['email', 'email_verified'], profile: ['name', 'locale', 'department'] },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: `${id}@example.com`,
      email_verified: true,
      name: `${id} of the provider`,
      locale: 'sv',
      department: 'Engines',
    }),
  }),
  cookies: { keys: ['a key of the tests that signs the cookies of the provider'] },
});

provider.listen(PORT, '127.0.0.1');
