// Steps that several tests take to reach the resend dialog.

/** Opens the dialog for the users of a group at a path such as `["Sales", "Tokyo"]`, chosen as they are on the first page. */
export async function openDialogForGroup(page, stack, path, query = "") {
  const id = await stack.group(path.join("/"));
  await goTo(page, `/console/groups/${id}${query}`);
  await page.getByLabel("All on this page").check();
  await page.getByRole("button", { name: "Resend invitation" }).click();
  return readyDialog(page);
}

/** The dialog, once it knows its recipients. */
export async function readyDialog(page) {
  const dialog = page.getByRole("dialog").first();
  await dialog.getByRole("tab", { name: /^Will get it/ }).waitFor();
  return dialog;
}

/** Goes to another address of the app without loading the page again, which would ask for the sign-in. */
export async function goTo(page, path) {
  await page.evaluate(to => {
    history.pushState(null, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, path);
}
