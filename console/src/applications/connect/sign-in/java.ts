import { doubleQuoted } from '../snippets/quote.ts';
import { placeOf, type SignInValues } from './values.ts';

/** A server with Spring Boot that signs users in: how it is built, what it knows of this server, and what it does. */
export function javaPrograms(values: SignInValues): { fileName: string; text: string }[] {
  return [
    { fileName: 'pom.xml', text: pom },
    { fileName: 'src/main/resources/application.yaml', text: settings(values) },
    { fileName: 'src/main/java/signin/SignIn.java', text: program(values) },
  ];
}

const pom = `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>3.5.16</version>
  </parent>
  <groupId>signin</groupId>
  <artifactId>signin</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.springframework.boot</groupId>
      <artifactId>spring-boot-starter-web</artifactId>
    </dependency>
    <dependency>
      <groupId>org.springframework.boot</groupId>
      <artifactId>spring-boot-starter-oauth2-client</artifactId>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.springframework.boot</groupId>
        <artifactId>spring-boot-maven-plugin</artifactId>
      </plugin>
    </plugins>
  </build>
</project>
`;

function settings(values: SignInValues): string {
  const { issuer, clientId, redirectUri, scopes } = values;
  return `server:
  port: ${placeOf(values).port}
spring:
  security:
    oauth2:
      client:
        provider:
          server:
            issuer-uri: ${doubleQuoted(issuer)}
            user-name-attribute: sub
        registration:
          server:
            client-id: ${doubleQuoted(clientId)}
            client-secret: \${CLIENT_SECRET}
            redirect-uri: ${doubleQuoted(redirectUri)}
            scope: ${doubleQuoted(scopes.join(','))}
`;
}

function program(values: SignInValues): string {
  const { issuer, algorithm, signedOutUri } = values;
  const { callback, home } = placeOf(values);
  return `package signin;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenDecoderFactory;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoderFactory;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

@SpringBootApplication
@RestController
public class SignIn {

    public static void main(String[] args) {
        SpringApplication.run(SignIn.class, args);
    }

    // Every page asks for a sign-in. State and nonce are Spring's; the code challenge is switched on here.
    @Bean
    SecurityFilterChain security(HttpSecurity http, ClientRegistrationRepository clients) throws Exception {
        var requests = new DefaultOAuth2AuthorizationRequestResolver(clients, "/oauth2/authorization");
        requests.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce());
        var signOut = new OidcClientInitiatedLogoutSuccessHandler(clients);
${signedOutUri === undefined ? '' : `        signOut.setPostLogoutRedirectUri(${doubleQuoted(signedOutUri)});\n`}        return http
            .authorizeHttpRequests(pages -> pages.anyRequest().authenticated())
            .oauth2Login(login -> login
                .authorizationEndpoint(endpoint -> endpoint.authorizationRequestResolver(requests))
                .redirectionEndpoint(endpoint -> endpoint.baseUri(${doubleQuoted(callback)}))
                .defaultSuccessUrl(${doubleQuoted(home)}, true))
            .logout(logout -> logout.logoutSuccessHandler(signOut))
            .build();
    }

    // The algorithm that the application's settings at ${issuer} name.
    @Bean
    JwtDecoderFactory<ClientRegistration> idTokens() {
        var decoders = new OidcIdTokenDecoderFactory();
        decoders.setJwsAlgorithmResolver(client -> SignatureAlgorithm.${algorithm});
        return decoders;
    }

    @GetMapping(${doubleQuoted(home)})
    String home(@AuthenticationPrincipal OidcUser user) {
        var name = user.getFullName() == null ? user.getSubject() : user.getFullName();
        return "<p>Signed in as " + HtmlUtils.htmlEscape(name) + "</p><a href='/logout'>Sign out</a>";
    }
}
`;
}
