// The answer to the application goes on by itself. Without this script, the button of the page takes it there.
document.forms[0].submit();
