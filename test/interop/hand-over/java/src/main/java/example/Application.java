package example;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.time.Instant;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/** A product whose users sign in with Spring MVC, and are handed over. */
@SpringBootApplication
@RestController
public class Application {

  public static void main(String[] arguments) {
    SpringApplication.run(Application.class, arguments);
  }

  @GetMapping(path = "/sign-in", produces = "text/html")
  String form(@RequestParam String next) {
    return "<form method=\"post\" action=\"/sign-in\"><input name=\"email\"><input name=\"password\"><input type=\"hidden\" name=\"next\" value=\""
        + HtmlUtils.htmlEscape(next)
        + "\"></form>";
  }

  @PostMapping("/sign-in")
  void signIn(
      @RequestParam String email, @RequestParam String next, HttpSession session, HttpServletResponse response) {
    long since = Instant.now().getEpochSecond();
    session.setAttribute("user", new User("harbour:" + email, email, "Zoë O’Hara & Söner", since));
    response.setStatus(303);
    response.setHeader("Location", next);
  }
}
