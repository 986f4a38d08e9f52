package org.rooms;

import java.util.Objects;

/** What the tests say; a test is a class with a main method. */
final class Check {
	private Check() {
	}

	static void same(Object expected, Object found) {
		if (!Objects.equals(expected, found)) {
			throw new AssertionError("expected " + expected + ", found " + found);
		}
	}
}
