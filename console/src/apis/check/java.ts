import { doubleQuoted as quoted } from '../../applications/connect/snippets/quote.ts';
import type { CheckValues } from './values.ts';

/** Spring Boot takes tokens of the type `JWT` by its settings alone; of others it must be told. */
export function javaChecks(values: CheckValues): { fileName: string; text: string }[] {
  return values.typ === 'JWT'
    ? [{ fileName: 'src/main/resources/application.yaml', text: settings(values) }]
    : [{ fileName: 'src/main/java/AccessTokens.java', text: decoder(values) }];
}

function settings({ issuer, jwksUri, audience, algorithm }: CheckValues): string {
  return `spring:
  security:
    oauth2:
      resourceserver:
        jwt:
          issuer-uri: ${quoted(issuer)}
          jwk-set-uri: ${quoted(jwksUri)}
          audiences: ${quoted(audience)}
          jws-algorithms: ${quoted(algorithm)}
`;
}

function decoder({ issuer, jwksUri, audience, algorithm, typ }: CheckValues): string {
  return `import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

// What is granted is there as SCOPE_ authorities: hasAuthority("SCOPE_…").
@Configuration
class AccessTokens {

    @Bean
    JwtDecoder accessTokens() {
        var decoder = NimbusJwtDecoder.withJwkSetUri(${quoted(jwksUri)})
            .jwsAlgorithm(SignatureAlgorithm.${algorithm})
            .jwtProcessorCustomizer(processor -> processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType(${quoted(typ)}))))
            .build();
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
            new JwtTimestampValidator(),
            new JwtIssuerValidator(${quoted(issuer)}),
            new JwtClaimValidator<List<String>>("aud",
                audiences -> audiences != null && audiences.contains(${quoted(audience)}))));
        return decoder;
    }
}
`;
}
