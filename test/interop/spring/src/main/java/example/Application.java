package example;

import static org.springframework.security.config.Customizer.withDefaults;

import java.util.Map;
import java.util.Objects;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A site that users sign in to, and below /api an API that takes access tokens. */
@SpringBootApplication
@RestController
public class Application {

  public static void main(String[] arguments) {
    SpringApplication.run(Application.class, arguments);
  }

  /** The site. Its application in Postern has `id_token_signed_response_alg` RS256, which Spring expects. */
  @Bean
  @Order(2)
  SecurityFilterChain site(HttpSecurity http, ClientRegistrationRepository clients) throws Exception {
    var signOutAtPostern = new OidcClientInitiatedLogoutSuccessHandler(clients);
    signOutAtPostern.setPostLogoutRedirectUri("{baseUrl}/");
    return http.authorizeHttpRequests(
            (requests) -> requests.requestMatchers("/").permitAll().anyRequest().authenticated())
        .oauth2Login(withDefaults())
        .logout((logout) -> logout.logoutSuccessHandler(signOutAtPostern))
        .oidcLogout((logout) -> logout.backChannel(withDefaults()))
        .build();
  }

  /** The API. */
  @Bean
  @Order(1)
  SecurityFilterChain api(HttpSecurity http) throws Exception {
    return http.securityMatcher("/api/**")
        .authorizeHttpRequests((requests) -> requests.anyRequest().hasAuthority("SCOPE_api"))
        .oauth2ResourceServer((server) -> server.jwt(withDefaults()))
        .sessionManagement((session) -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .build();
  }

  /** Access tokens as Postern issues them (RFC 9068): ES256 and at+jwt, where Spring by itself expects RS256 and JWT. */
  @Bean
  JwtDecoder accessTokens(@Value("${ISSUER}") String issuer) {
    var decoder =
        NimbusJwtDecoder.withIssuerLocation(issuer)
            .jwsAlgorithm(SignatureAlgorithm.ES256)
            .validateType(false)
            .build();
    var ofAnyClient = new JwtClaimValidator<String>("client_id", Objects::nonNull);
    decoder.setJwtValidator(
        JwtValidators.createAtJwtValidator()
            .issuer(issuer)
            .audience(issuer)
            .validators((validators) -> validators.put("client_id", ofAnyClient))
            .build());
    return decoder;
  }

  @GetMapping("/me")
  Map<String, Object> me(@AuthenticationPrincipal OidcUser user) {
    return Map.of("sub", user.getSubject(), "name", user.getFullName(), "email", user.getEmail());
  }

  @GetMapping("/api/me")
  Map<String, Object> owner(@AuthenticationPrincipal Jwt accessToken) {
    return Map.of("sub", accessToken.getSubject());
  }

  @GetMapping("/")
  String index() {
    return "Nobody is asked here who they are.";
  }
}
