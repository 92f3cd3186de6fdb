import { forget } from "../session.js";

const state = document.querySelector("[data-state]");
const describe = () => {
  state.textContent = localStorage.getItem("access_token") ? "Logged in" : "Not logged in";
};

/** As built, this forgets the tokens here and tells the server nothing. */
document.querySelector("[data-forget]").addEventListener("click", () => {
  forget();
  describe();
});
describe();
