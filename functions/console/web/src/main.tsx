import "./styles/app.css";
import { render } from "preact";
import { App } from "./app";
import { openOperator } from "./session/operator";
import { start } from "./session/session";

const root = document.getElementById("app");
if (root) render(<App />, root);

if (await start()) await openOperator();
