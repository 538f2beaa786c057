// On a development site the sign-in page lists accounts: one press fills the form in and signs in.

/** offerDemo shows the buttons that fill the form in. Without scripts names and passwords are typed. */
export function offerDemo(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-demo]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const login = document.querySelector<HTMLInputElement>("#login");
      const password = document.querySelector<HTMLInputElement>("#password");
      if (!login || !password) return;
      login.value = button.dataset.demo ?? "";
      password.value = button.dataset.password ?? "";
      login.form?.requestSubmit();
    });
  }
}
