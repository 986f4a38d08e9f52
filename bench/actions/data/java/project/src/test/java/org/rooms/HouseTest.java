package org.rooms;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

public final class HouseTest {
	private static final Slot MORNING = Slot.of("2024-05-02T09:00", Duration.ofHours(2));
	private static final Slot LATE = Slot.of("2024-05-02T10:30", Duration.ofHours(1));
	private static final Slot NOON = Slot.of("2024-05-02T11:00", Duration.ofHours(1));

	private static House house() {
		House house = new House();
		house.add(new Room("hall", 80));
		house.add(new Room("attic", 6));
		return house;
	}

	public static void main(String[] arguments) throws RoomTakenException {
		theSmallestRoomThatFitsIsTaken();
		slotsThatTouchDoNotOverlap();
		whoBooksALotHasManyHours();
		aRoomIsTakenOnce();
		aBookingIsTakenBack();
		aRoomThatNobodyBookedIsUnused();
	}

	private static void theSmallestRoomThatFitsIsTaken() {
		House house = house();
		Check.same(Optional.of("attic"), house.book(MORNING, 4, "Ada"));
		Check.same(Optional.of("hall"), house.book(LATE, 4, "Bob"));
		Check.same(Optional.empty(), house.book(LATE, 4, "Eve"));
	}

	private static void slotsThatTouchDoNotOverlap() {
		Check.same(false, MORNING.overlaps(NOON));
		Check.same(true, MORNING.overlaps(LATE));
		Check.same(Slot.of("2024-05-02T09:00", Duration.ofHours(2)), MORNING);
	}

	private static void whoBooksALotHasManyHours() {
		House house = house();
		house.book(MORNING, 4, "Ada");
		house.book(NOON, 40, "Ada");
		Check.same(Map.of("Ada", Duration.ofHours(3)), house.hours());
	}

	private static void aRoomIsTakenOnce() throws RoomTakenException {
		Room room = new Room("attic", 6);
		room.book(MORNING, "Ada");
		Check.same(false, room.isFree(LATE));
		try {
			room.book(LATE, "Bob");
		} catch (RoomTakenException error) {
			return;
		}
		throw new AssertionError("taken twice");
	}

	private static void aBookingIsTakenBack() throws RoomTakenException {
		Room room = new Room("attic", 6);
		room.book(MORNING, "Ada");
		Check.same(Optional.of("Ada"), room.cancel(MORNING));
		Check.same(Optional.empty(), room.cancel(MORNING));
		Check.same(true, room.isFree(MORNING));
	}

	private static void aRoomThatNobodyBookedIsUnused() {
		House house = house();
		house.book(MORNING, 4, "Ada");
		Check.same(List.of("hall"), house.unused());
	}
}
