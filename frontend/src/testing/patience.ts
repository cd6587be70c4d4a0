import { configure } from "@testing-library/react";

// What is waited for comes; how soon is the machine's affair, not a test's.
configure({ asyncUtilTimeout: 10_000 });
