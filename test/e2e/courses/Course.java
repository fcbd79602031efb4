// The same course as the other files here, for MariaDB Connector/J: one JSON line a step.
// Arguments: driver, host, port, user, password, `course` or `refusal`.
import java.sql.*;
import java.util.*;
import java.util.stream.*;

class Course {
  interface Act { void run() throws SQLException; }

  static Connection db;

  public static void main(String[] args) throws SQLException {
    // Prepared on the server, batches pipelined or sent in bulk, several statements in one text.
    String more = "&useServerPrepStmts=true&useBulkStmts=true&allowMultiQueries=true"
        + "&allowPublicKeyRetrieval=true";
    db = DriverManager.getConnection("jdbc:" + args[0] + "://" + args[1] + ":" + args[2]
        + "/shop?user=" + args[3] + "&password=" + args[4] + more);
    if (args[5].equals("refusal")) refusal();
    else course();
    db.close();
  }

  static void refusal() throws SQLException {
    tell("refused", errorOf(() -> update("DROP TABLE precious")));
    tell("refused prepared", errorOf(() -> {
      try (PreparedStatement drop = db.prepareStatement("DROP TABLE precious")) { drop.execute(); }
    }));
    try (Statement batch = db.createStatement()) {
      batch.addBatch("SET @before = 1");
      batch.addBatch("DROP TABLE precious");
      tell("refused in a batch", errorOf(batch::executeBatch));
    }
    tell("usable", rows("SELECT COUNT(*) FROM precious"));
  }

  static void course() throws SQLException {
    tell("text", rows("SELECT 1 AS one, 'zwölf' AS two, NULL AS nothing, 0.10 AS ten"));
    try (PreparedStatement one = db.prepareStatement("SELECT id, v FROM precious WHERE id = ?")) {
      for (int wanted = 1; wanted <= 2; wanted++) {
        one.setInt(1, wanted);
        tell("prepared", rowsOf(one.executeQuery()));
      }
    }
    update("DROP TABLE IF EXISTS course");
    update("CREATE TABLE course (id INT PRIMARY KEY, v LONGTEXT) ENGINE=InnoDB");
    for (boolean keep : new boolean[] {false, true}) {
      db.setAutoCommit(false);
      try (PreparedStatement insert = db.prepareStatement("INSERT INTO course VALUES (?, ?)")) {
        insert.setInt(1, 1);
        insert.setString(2, "it's");
        tell("inserted", insert.executeUpdate());
      }
      if (keep) db.commit();
      else db.rollback();
      db.setAutoCommit(true);
      tell("kept", rows("SELECT * FROM course"));
    }
    batches();
    large();
    tell("error", errorOf(() -> rows("SELECT * FROM nowhere")));
    update("TRUNCATE course");
    tell("emptied", rows("SELECT COUNT(*) FROM course"));
    update("DROP TABLE course");
  }

  static void batches() throws SQLException {
    try (PreparedStatement insert = db.prepareStatement("INSERT INTO course VALUES (?, ?)")) {
      for (int id = 100; id < 300; id++) {
        insert.setInt(1, id);
        insert.setString(2, id % 7 == 0 ? null : "row " + id);
        insert.addBatch();
      }
      tell("batch", insert.executeBatch().length);
    }
    tell("batched", rows("SELECT COUNT(*), SUM(id), COUNT(v), MIN(v) FROM course"));
    try (Statement batch = db.createStatement()) {
      for (int id = 1; id < 4; id++) batch.addBatch("UPDATE course SET v = 'new' WHERE id < " + 100 * id);
      batch.addBatch("UPDATE nowhere SET v = 1");
      tell("batch with an error", errorOf(batch::executeBatch));
    }
    update("DELETE FROM course WHERE id > 1");
    try (Statement several = db.createStatement()) {
      boolean more = several.execute("SELECT 1; SELECT 2");
      while (more) {
        tell("several", rowsOf(several.getResultSet()));
        more = several.getMoreResults();
      }
    }
  }

  static void large() throws SQLException {
    String tables = Stream.of("abcdefgh".split("")).map("precious "::concat)
        .collect(Collectors.joining(", "));
    long bytes = 0;
    try (Statement streaming = db.createStatement()) {
      streaming.setFetchSize(10);
      ResultSet found = streaming.executeQuery("SELECT REPEAT('x', 80000) FROM " + tables);
      while (found.next()) bytes += found.getString(1).length();
    }
    tell("big", bytes);
    try (Statement statement = db.createStatement()) {
      ResultSet found = statement.executeQuery("SELECT REPEAT('x', 17000000)");
      found.next();
      tell("long", found.getString(1).length());
    }
    try (PreparedStatement send = db.prepareStatement("UPDATE course SET v = ?")) {
      send.setString(1, "y".repeat(1_000_000));
      tell("sent", send.executeUpdate());
    }
  }

  static int update(String sql) throws SQLException {
    try (Statement statement = db.createStatement()) { return statement.executeUpdate(sql); }
  }

  static List<List<String>> rows(String sql) throws SQLException {
    try (Statement statement = db.createStatement()) { return rowsOf(statement.executeQuery(sql)); }
  }

  static List<List<String>> rowsOf(ResultSet found) throws SQLException {
    List<List<String>> rows = new ArrayList<>();
    while (found.next()) {
      List<String> row = new ArrayList<>();
      for (int column = 1; column <= found.getMetaData().getColumnCount(); column++) {
        row.add(found.getString(column));
      }
      rows.add(row);
    }
    return rows;
  }

  /** The driver puts the connection's number before the server's words. */
  static List<Object> errorOf(Act act) {
    try {
      act.run();
    } catch (SQLException error) {
      String words = error.getMessage().replaceFirst("^(\\(conn[=:]\\d+\\) )+", "");
      return List.of(error.getErrorCode(), error.getSQLState(), words);
    }
    return null;
  }

  static void tell(String step, Object value) {
    System.out.println("[" + json(step) + "," + json(value) + "]");
  }

  static String json(Object value) {
    if (value == null || value instanceof Number) return String.valueOf(value);
    if (value instanceof List<?> list) {
      return list.stream().map(Course::json).collect(Collectors.joining(",", "[", "]"));
    }
    String text = value.toString().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return '"' + text + '"';
  }
}
