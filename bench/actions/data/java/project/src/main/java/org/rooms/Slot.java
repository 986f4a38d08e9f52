package org.rooms;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Objects;

/** A stretch of time, its end excluded. */
public final class Slot implements Comparable<Slot> {
	private final LocalDateTime start;
	private final LocalDateTime end;

	public Slot(LocalDateTime start, LocalDateTime end) {
		if (!start.isBefore(end)) {
			throw new IllegalArgumentException("a slot ends after its start");
		}
		this.start = start;
		this.end = end;
	}

	public static Slot of(String start, Duration length) {
		LocalDateTime from = LocalDateTime.parse(start);
		return new Slot(from, from.plus(length));
	}

	public LocalDateTime start() {
		return start;
	}

	public LocalDateTime end() {
		return end;
	}

	public Duration length() {
		return Duration.between(start, end);
	}

	/** Whether the two have any time in common; slots that only touch have none. */
	public boolean overlaps(Slot other) {
		return start.isBefore(other.end) && other.start.isBefore(end);
	}

	@Override
	public int compareTo(Slot other) {
		int byStart = start.compareTo(other.start);
		return byStart != 0 ? byStart : end.compareTo(other.end);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Slot slot && start.equals(slot.start) && end.equals(slot.end);
	}

	@Override
	public int hashCode() {
		return Objects.hash(start, end);
	}

	@Override
	public String toString() {
		return start + "/" + end;
	}
}
