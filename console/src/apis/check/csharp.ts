import { doubleQuoted as quoted } from '../../applications/connect/snippets/quote.ts';
import type { CheckValues } from './values.ts';

/** Checks tokens in ASP.NET Core. */
export function csharpCheck({ issuer, audience, algorithm, typ, scope }: CheckValues): string {
  return `#:sdk Microsoft.NET.Sdk.Web
#:package Microsoft.AspNetCore.Authentication.JwtBearer@10.0.0
#:property PublishAot=false

using System.Security.Claims;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAuthentication("Bearer").AddJwtBearer(options =>
{
    options.Authority = ${quoted(issuer)};
    options.MapInboundClaims = false;
${issuer.startsWith('http:') ? '    options.RequireHttpsMetadata = false; // on this machine only\n' : ''}    options.TokenValidationParameters.ValidIssuer = ${quoted(issuer)};
    options.TokenValidationParameters.ValidAudience = ${quoted(audience)};
    options.TokenValidationParameters.ValidAlgorithms = [${quoted(algorithm)}];
    options.TokenValidationParameters.ValidTypes = [${quoted(typ)}];
});
builder.Services.AddAuthorization(options => options.AddPolicy(${quoted(scope)}, policy => policy
    .RequireClaim("client_id")
    .RequireAssertion(context =>
        context.User.FindFirstValue("scope")?.Split(' ').Contains(${quoted(scope)}) == true)));

var app = builder.Build();
app.MapGet("/", (ClaimsPrincipal user) => user.FindFirstValue("sub")).RequireAuthorization(${quoted(scope)});
app.Run();
`;
}
