using System.Text;
using WaitFor.Migrate.Flyway;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Sql;

public sealed class ScriptFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-scripts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Scripts_are_found_in_all_folders_and_below_them()
    {
        Write("a/V2__two.sql", "SELECT 2;");
        Write("a/deep/er/V1_1__one.sql", "SELECT 1;\nSELECT 1.1;");
        Write("b/R__views.sql", "");
        Write("b/B2__base.sql", "SELECT 0;");
        Write("b/notes.sql", "this ' is no script");
        Write("b/v3__x.sql", "SELECT 1;");
        Write("b/readme.txt", "");

        var scripts = Read([$"{_folder}/a", $"{_folder}/b"]);

        Assert.Equal(
            ["V2__two.sql SQL 1", "deep/er/V1_1__one.sql SQL 2", "B2__base.sql SQL_BASELINE 1", "R__views.sql SQL 0"],
            scripts.Select(script => $"{script.Path} {script.Type} {script.Statements.Count}")
        );
        Assert.All(scripts, script => Assert.True(script.InTransaction));
        Assert.Equal("1.1", scripts[1].Name.Version!.Text);
    }

    [Fact]
    public void An_empty_folder_has_no_scripts() => Assert.Empty(Read([_folder]));

    [Theory]
    [InlineData("V1__a.sql", "V1__b.sql", "version 1")]
    [InlineData("V1__a.sql", "sub/V1__a.sql", "version 1")]
    [InlineData("V1__a.sql", "V1.0__b.sql", "version 1")]
    [InlineData("V01.sql", "V1_0_0__b.sql", "version 01")]
    [InlineData("B1__a.sql", "B01__b.sql", "version 01")]
    [InlineData("R__a.sql", "sub/R__a.sql", "the description \"a\"")]
    [InlineData("R__a_b.sql", "R__a b.sql", "the description \"a b\"")]
    public void Two_of_a_kind_are_refused(string one, string other, string what)
    {
        Write(one, "SELECT 1;");
        Write(other, "SELECT 2;");

        Refused(one, other, what, "give one of them another");
    }

    [Theory]
    [InlineData("V1__a.sql", "B1__a.sql")]
    [InlineData("V1__a.sql", "R__a.sql")]
    [InlineData("V1__a.sql", "V2__a.sql")]
    [InlineData("V1.1__a.sql", "V11__a.sql")]
    [InlineData("R__a.sql", "R__A.sql")]
    public void These_go_together(string one, string other)
    {
        Write(one, "SELECT 1;");
        Write(other, "SELECT 2;");

        Assert.Equal(2, Read([_folder]).Count);
    }

    [Fact]
    public void A_mounted_ConfigMap_has_each_script_once()
    {
        Write("..2026_01_01_00_00_00.123/V1__x.sql", "SELECT 1;");
        File.CreateSymbolicLink($"{_folder}/..data", "..2026_01_01_00_00_00.123");
        File.CreateSymbolicLink($"{_folder}/V1__x.sql", "..data/V1__x.sql");

        Assert.Equal("V1__x.sql", Assert.Single(Read([_folder])).Path);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_refused()
    {
        File.CreateSymbolicLink($"{_folder}/V1__x.sql", "nowhere");

        Refused("V1__x.sql: the file cannot be read", "correct its link or its permissions");
    }

    [Fact]
    public void A_broken_script_is_refused_with_its_path()
    {
        Write("sub/V1__x.sql", "SELECT 1;\nSELECT 'a;");

        Refused("sub/V1__x.sql, line 2, column 8");
    }

    [Theory]
    [InlineData("SELECT 1;\n\nCOMMIT AND CHAIN;", 3, "COMMIT AND CHAIN")]
    [InlineData("PREPARE TRANSACTION 'x';", 1, "PREPARE TRANSACTION")]
    [InlineData("SELECT 1;\nCOMMIT PREPARED 'x';", 2, "COMMIT PREPARED")]
    public void A_transaction_does_not_outlive_its_end(string text, int line, string what)
    {
        Write("V1__x.sql", text);

        Refused($"V1__x.sql, line {line}", $"{what} starts or keeps another transaction");
    }

    [Theory]
    // recordings 385 to 391
    [InlineData("BEGIN; SELECT 1; COMMIT;", true, true, "0-2 Commit")]
    [InlineData("BEGIN; SELECT 1;", true, true, "0-1 Script")]
    [InlineData("SELECT 1; COMMIT; SELECT 2;", true, false, "0-1 Commit,2-2 Script")]
    [InlineData("SELECT 1; ROLLBACK; SELECT 2;", true, false, "0-1 Rollback,2-2 Script")]
    [InlineData("SELECT 1; ROLLBACK;", true, false, "0-1 Rollback")]
    [InlineData("BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; END;", true, false, "0-2 Commit,3-5 Commit")]
    [InlineData("BEGIN; SELECT 1; COMMIT; VACUUM; SELECT 2;", true, false, "0-2 Commit,3-3 Single,4-4 Single")]
    [InlineData("SELECT 1; BEGIN; SELECT 2; COMMIT;", false, false, "0-0 Single,1-3 Commit")]
    [InlineData("SAVEPOINT a; ROLLBACK TO a;", true, true, "0-1 Script")]
    public void A_script_that_ends_transactions_is_taken_apart_there(string text, bool inTransaction, bool whole, string blocks)
    {
        Write("V1__x.sql", text);

        var script = Assert.Single(Set([_folder], new FlywaySettings { ExecuteInTransaction = inTransaction }).Scripts);

        Assert.Equal(whole, script.InTransaction);
        Assert.Equal(blocks, string.Join(',', script.Blocks.Select(block => $"{block.First}-{block.Last} {block.End}")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(2_000)]
    public void A_script_that_is_not_UTF_8_is_refused(int line)
    {
        Write(
            "V1__x.sql",
            [.. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("-- größe € 😀\n", line - 1)) + "SELECT 'caf"), 0xE9, .. "';"u8]
        );

        Refused($"V1__x.sql, line {line}: ", "not utf-8", "FLYWAY_ENCODING=ISO-8859-1", "V1__x.sql.conf (encoding=ISO-8859-1)");
    }

    [Theory]
    [InlineData("caf\\E9", " (encoding=ISO-8859-1)")]
    [InlineData("\\80 5, \\93caf\\E9\\94", " (encoding=windows-1252)")]
    [InlineData("\\FF\\FES\\00", " (encoding=UTF-16)")]
    // Five bytes mean nothing in windows-1252.
    [InlineData("caf\\E9 \\81", "save it as UTF-8")]
    public void The_likely_encoding_is_proposed(string text, string end)
    {
        Write("V1__x.sql", Raw(text));

        Assert.EndsWith(end, Assert.Throws<ScriptException>(() => Read([_folder])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("windows-1252")]
    [InlineData("cp1252")]
    public void Windows_1252_is_read(string name)
    {
        Write("V1__x.sql", Raw("SELECT '\\80 \\8A\\93caf\\E9\\94 \\9F';"));
        Write("V1__x.sql.conf", $"encoding={name}");
        Assert.Equal("SELECT '€ Š“café” Ÿ'", Assert.Single(Assert.Single(Read([_folder])).Statements).Text);

        Write("V1__x.sql", Raw("SELECT 1;\n-- \\81"));
        Refused("V1__x.sql, line 2: the file is not windows-1252; save it as UTF-8");
    }

    /// <summary>A byte for each character; a backslash and two digits stand for one.</summary>
    private static byte[] Raw(string text)
    {
        var bytes = new List<byte>();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\')
            {
                bytes.Add(Convert.ToByte(text[(at + 1)..(at + 3)], 16));
                at += 2;
            }
            else
            {
                bytes.Add((byte)text[at]);
            }
        }

        return [.. bytes];
    }

    [Theory]
    [InlineData("encoding=ISO-8859-1", "iso-8859-1")]
    [InlineData("encoding=latin1", "iso-8859-1")]
    [InlineData("encoding=UTF-8", "utf-8")]
    [InlineData("encoding = utf8", "utf-8")]
    [InlineData("encoding=UTF-16LE", "utf-16")]
    [InlineData("encoding=UTF-16BE", "utf-16BE")]
    [InlineData("encoding=UTF-16", "utf-16BE")]
    [InlineData("", "utf-8")]
    public void A_script_is_read_in_its_encoding(string settings, string encoding)
    {
        Write("V1__x.sql", Encoding.GetEncoding(encoding).GetBytes("SELECT 'café';"));
        Write("V1__x.sql.conf", settings);

        Assert.Equal("SELECT 'café'", Assert.Single(Assert.Single(Read([_folder])).Statements).Text);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_statement()
    {
        Write("V1__x.sql", [0xEF, 0xBB, 0xBF, .. "SELECT 1;"u8]);

        var script = Assert.Single(Read([_folder]));

        Assert.Equal("SELECT 1", Assert.Single(script.Statements).Text);
        Assert.Equal(78787420, script.Checksum);
    }

    [Theory]
    [InlineData("SELECT 1;", null, true)]
    [InlineData("SELECT 1; VACUUM;", null, false)]
    [InlineData("CREATE INDEX CONCURRENTLY i ON t (a);", null, false)]
    [InlineData("DO $$ BEGIN NULL; END $$;", null, true)]
    [InlineData("SELECT 1;", "executeInTransaction=false", false)]
    [InlineData("SELECT 1;", "executeInTransaction=true", true)]
    [InlineData("SELECT 1;", "# a comment\n\n  executeInTransaction = false  \n", false)]
    [InlineData("VACUUM;", "executeInTransaction=true", true)]
    [InlineData("", null, true)]
    public void A_script_runs_in_one_transaction_where_it_can(string text, string? settings, bool inTransaction)
    {
        Write("V1__x.sql", text);
        if (settings is not null)
            Write("V1__x.sql.conf", settings);

        Assert.Equal(inTransaction, Assert.Single(Read([_folder])).InTransaction);
    }

    [Theory]
    [InlineData("executeInTransaction", 1, "a setting is expected", "executeInTransaction=false")]
    [InlineData("\n\nexecuteInTransaction=maybe", 3, "\"maybe\"", "true nor false")]
    [InlineData("# a\nshouldExecute=true", 2, "shouldExecute", "executeInTransaction, placeholderReplacement and encoding are")]
    [InlineData("encoding=EBCDIC", 1, "EBCDIC", "UTF-8")]
    [InlineData("placeholderReplacement=", 1, "\"\"", "true nor false")]
    public void A_broken_setting_is_refused(string settings, int line, string why, string next)
    {
        Write("sub/V1__x.sql", "SELECT 1;");
        Write("sub/V1__x.sql.conf", settings);

        Refused($"V1__x.sql.conf, line {line}: ", why, next);
    }

    [Fact]
    public void Placeholders_are_replaced_unless_they_are_switched_off()
    {
        Write("V1__x.sql", "SELECT '${name}';");
        Write("V2__x.sql", "SELECT '${other}';");
        Write("V2__x.sql.conf", "placeholderReplacement=false");
        Write("R__x.sql", "SELECT '${name}';");
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["NAME"] = "value" };

        var scripts = Set([_folder], values: values).Scripts.ToDictionary(script => script.Path);

        Assert.Equal("SELECT 'value';", scripts["V1__x.sql"].Text);
        Assert.Equal("SELECT '${other}';", scripts["V2__x.sql"].Text);
        // Of the raw text for versioned scripts, of what runs for repeatable ones.
        Assert.Equal(Checksum.Of("SELECT '${name}';"), scripts["V1__x.sql"].Checksum);
        Assert.Equal(Checksum.Of("SELECT 'value';"), scripts["R__x.sql"].Checksum);
        Assert.Equal(
            "SELECT '${name}';",
            Set([_folder], new FlywaySettings { PlaceholderReplacement = false }).Scripts.First(script => script.Path == "V1__x.sql").Text
        );
        Refused("R__x.sql, line 1: ", "${name}");
    }

    private void Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    private void Write(string name, byte[] bytes)
    {
        var file = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
    }

    [Fact]
    public void What_is_left_out_is_named_and_an_error_with_validateMigrationNaming()
    {
        string[] files =
            ["V1__a.sql", "v2__b.sql", "U1__undo.sql", "v4.txt", "v5__e.sql.conf", "readme.sql", "afterUndo.sql", "sub/V3_c.sql"];
        foreach (var name in files)
            Write(name, "SELECT 1");
        Write("afterMigrate.sql", "SELECT 2");
        var told = new List<string>();

        var set = Set([_folder], leftOut: (path, why) => told.Add($"{path}: {why[..18]}"));

        Assert.Equal(("V1__a.sql", "afterMigrate.sql"), (Assert.Single(set.Scripts).Path, Assert.Single(set.Callbacks).Path));
        Assert.Equal(
            [
                "U1__undo.sql: undo scripts do no",
                "readme.sql: its name begins wi",
                "sub/V3_c.sql: \"3_c\" is not a ver",
                "v2__b.sql: its prefix differs",
            ],
            told
        );
        var message = Assert
            .Throws<ScriptException>(() => Set([_folder], new FlywaySettings { ValidateMigrationNaming = true }))
            .Message;
        Assert.Equal(["U1__undo.sql", "readme.sql", "sub/V3_c.sql", "v2__b.sql"], message.Split('\n').Select(line => line.Split(':')[0]));
        Assert.Empty(Set([_folder], new FlywaySettings { SkipDefaultCallbacks = true }).Callbacks);
    }

    [Fact]
    public void The_same_file_in_two_folders_counts_once_but_not_a_callback()
    {
        // recordings 277, 278, 279, 134
        foreach (var folder in new[] { "a", "b" })
        {
            Write($"{folder}/V1__one.sql", "CREATE TABLE one (id int);");
            Write($"{folder}/R__v.sql", "SELECT 1;");
        }

        var scripts = Read([$"{_folder}/a", $"{_folder}/b"]);
        Assert.Equal(["R__v.sql", "V1__one.sql"], scripts.Select(script => script.Path).Order(StringComparer.Ordinal));
        Write("b/V1__one.sql", "CREATE TABLE one (id bigint);");
        Refused([$"{_folder}/a", $"{_folder}/b"], "V1__one.sql and V1__one.sql both have version 1");
        Write("b/V1__one.sql", "CREATE TABLE one (id int);");
        Write("a/beforeMigrate.sql", "SELECT 1;");
        Write("b/beforeMigrate.sql", "SELECT 1;");
        Refused([$"{_folder}/a", $"{_folder}/b"], "both have the event beforeMigrate");
    }

    [Theory]
    [InlineData("afterMigrate.sh")]
    [InlineData("sub/beforeEachMigrate__x.ps1")]
    public void A_callback_that_is_a_program_is_refused(string name)
    {
        Write(name, "exit 1");

        Refused($"{name}: the callback {Path.GetFileName(name).Split('.')[0].Split("__")[0]} is a program, and only SQL runs here");
    }

    [Theory]
    // recordings 349 to 361
    [InlineData("UTF-8", "caf\\C3\\A9", "café")]
    [InlineData("ISO-8859-1", "caf\\E9", "café")]
    [InlineData("ISO-8859-15", "caf\\E9 \\A4 \\A6\\A8\\B4\\B8\\BC\\BD\\BE \\BF", "café € ŠšŽžŒœŸ ¿")]
    [InlineData("windows-1252", "caf\\E9 \\80", "café €")]
    [InlineData("UTF-16LE", "\\E9\\00\\AC\\20", "é€")]
    [InlineData("UTF-16BE", "\\00\\E9\\20\\AC", "é€")]
    [InlineData("UTF-16", "\\FF\\FE\\E9\\00\\AC\\20", "\uFEFFé€")]
    [InlineData("UTF-16", "\\00\\E9\\20\\AC", "é€")]
    [InlineData("US-ASCII", "cafe", "cafe")]
    public void All_scripts_are_read_in_the_encoding_of_the_setting(string encoding, string bytes, string text)
    {
        Write("V1__x.sql", Raw(bytes));

        Assert.Equal(text, Assert.Single(Set([_folder], new FlywaySettings { Encoding = encoding }).Scripts).Text);
    }

    [Theory]
    [InlineData("caf\\E9", "café")]
    [InlineData("\\FE\\FF\\00\\E9", "\uFEFFé")]
    [InlineData("caf\\C3\\A9", "café")]
    public void An_encoding_can_be_detected(string bytes, string text)
    {
        Write("V1__x.sql", Raw(bytes));

        Assert.Equal(text, Assert.Single(Set([_folder], new FlywaySettings { DetectEncoding = true }).Scripts).Text);
    }

    [Fact]
    public void An_unknown_encoding_is_refused() =>
        Assert.StartsWith(
            "encoding frob: it is not known; write one of UTF-8",
            Assert.Throws<ScriptException>(() => Set([_folder], new FlywaySettings { Encoding = "frob" })).Message,
            StringComparison.Ordinal
        );

    private static IReadOnlyList<Script> Read(IReadOnlyList<string> locations) =>
        Set(locations).Scripts;

    private static ScriptSet Set(
        IReadOnlyList<string> locations,
        FlywaySettings? settings = null,
        Dictionary<string, string>? values = null,
        Action<string, string>? leftOut = null
    )
    {
        settings = (settings ?? new FlywaySettings()) with { Placeholders = values ?? [] };
        return ScriptFolder.Read(locations, settings, new Placeholders(settings, (null, null), "public", DateTime.UnixEpoch), leftOut);
    }

    private void Refused(params string[] parts) => Refused([_folder], parts);

    private static void Refused(IReadOnlyList<string> locations, params string[] parts)
    {
        var message = Assert
            .Throws<ScriptException>(() =>
                Read(locations).Select(script => script.Unusable).OfType<ScriptException>().ToList().ForEach(unusable => throw unusable)
            )
            .Message;

        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }
}
