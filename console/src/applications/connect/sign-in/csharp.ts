import { doubleQuoted } from '../snippets/quote.ts';
import { isInsecure, placeOf, type SignInValues } from './values.ts';

/** A server with ASP.NET Core that signs users in. */
export function csharpProgram(values: SignInValues): string {
  const { issuer, clientId, scopes, signedOutUri } = values;
  const { port, callback, home } = placeOf(values);
  return `#:sdk Microsoft.NET.Sdk.Web
#:package Microsoft.AspNetCore.Authentication.OpenIdConnect@10.0.0
#:property PublishAot=false

using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://localhost:${port}");
builder.Services.AddAuthorization();
builder.Services
    .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie()
    .AddOpenIdConnect(options =>
    {
        options.Authority = ${doubleQuoted(issuer)};
        options.ClientId = ${doubleQuoted(clientId)};
        options.ClientSecret = Environment.GetEnvironmentVariable("CLIENT_SECRET");
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.CallbackPath = ${doubleQuoted(callback)};
        options.Scope.Clear();
${scopes.map((scope) => `        options.Scope.Add(${doubleQuoted(scope)});\n`).join('')}        options.MapInboundClaims = false;
        options.TokenValidationParameters.NameClaimType = "name";
        options.GetClaimsFromUserInfoEndpoint = true;
        options.SaveTokens = true;
${
  signedOutUri === undefined
    ? `        options.Events.OnRedirectToIdentityProviderForSignOut = context =>
        {
            context.ProtocolMessage.PostLogoutRedirectUri = null;
            return Task.CompletedTask;
        };
`
    : `        options.SignedOutCallbackPath = ${doubleQuoted(new URL(signedOutUri).pathname)};
`
}${isInsecure(values) ? '        options.RequireHttpsMetadata = false;\n' : ''}    });

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();

// State, nonce and code challenge are made, and the ID token is checked, by the handler.
app.MapGet("/sign-in", () => Results.Challenge(
    new AuthenticationProperties { RedirectUri = ${doubleQuoted(home)} },
    [OpenIdConnectDefaults.AuthenticationScheme]));
app.MapGet("/sign-out", () => Results.SignOut(
    new AuthenticationProperties { RedirectUri = ${doubleQuoted(home)} },
    [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]));
app.MapGet(${doubleQuoted(home)}, (HttpContext context) =>
{
    var user = context.User;
    var name = WebUtility.HtmlEncode(user.Identity?.Name ?? user.FindFirst("sub")?.Value);
    var page = user.Identity?.IsAuthenticated == true
        ? $"<p>Signed in as {name}</p><a href=\\"/sign-out\\">Sign out</a>"
        : "<a href=\\"/sign-in\\">Sign in</a>";
    return Results.Content(page, "text/html; charset=utf-8");
});
app.Run();
`;
}
