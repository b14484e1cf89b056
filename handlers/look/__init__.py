"""Looking: home, lists, cases, who is on call, the board, search, help, the web chat's link."""
