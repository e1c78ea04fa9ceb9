<?php
// A product whose users sign in with PHP's own sessions, and are handed over: what every other address leads to.
declare(strict_types=1);

if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) === '/hand-over.php') {
    return false;
}
session_start();
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $email = $_POST['email'];
    $_SESSION['user'] = ['id' => "harbour:$email", 'email' => $email, 'name' => 'Zoë O’Hara & Söner', 'since' => time()];
    header('Location: ' . $_POST['next'], true, 303);
    exit;
}
$next = htmlspecialchars($_GET['next'] ?? '/');
echo "<form method=\"post\"><input name=\"email\"><input name=\"password\"><input type=\"hidden\" name=\"next\" value=\"$next\"></form>";
