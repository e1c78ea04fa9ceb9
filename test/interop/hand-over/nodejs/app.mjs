// A product whose users sign in with Express and express-session, and are handed over.
import express from 'express';
import session from 'express-session';
import { addHandOver } from './hand-over.mjs';

const { PORT, SESSION_SECRET } = process.env;

const app = express();
app.use(session({ secret: SESSION_SECRET, resave: false, saveUninitialized: false }));
addHandOver(app);
app.get('/sign-in', (request, response) => {
  const next = String(request.query.next).replace(/["&]/g, (character) => `&#${character.charCodeAt(0)};`);
  response.send(
    `<form method="post"><input name="email"><input name="password"><input type="hidden" name="next" value="${next}"></form>`,
  );
});
app.post('/sign-in', express.urlencoded({ extended: false }), (request, response) => {
  const { email, next } = request.body;
  const since = Math.floor(Date.now() / 1000);
  request.session.user = { id: `harbour:${email}`, email, name: 'Zoë O’Hara & Söner', since };
  response.redirect(303, next);
});
app.listen(Number(PORT), '127.0.0.1');
