using System.Text;
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

        var scripts = Read([$"{_folder}/a", $"filesystem:{_folder}/b"]);

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

        Refused("V1__x.sql: the file cannot be read", "correct its link or its rights");
    }

    [Fact]
    public void A_missing_folder_is_refused() =>
        Refused([$"{_folder}/none"], $"{_folder}/none", "no such folder", "--locations", "FLYWAY_LOCATIONS");

    [Theory]
    [InlineData("classpath:db/migration")]
    [InlineData("s3:bucket/sql")]
    [InlineData("gcs:bucket")]
    public void Only_folders_can_be_read(string location) => Refused([location], location, "only folders", "filesystem:");

    [Theory]
    [InlineData("V1_x.sql", "is no version")]
    [InlineData("V__x.sql", "there is no version")]
    [InlineData("sub/R1__x.sql", "has no version")]
    public void A_broken_name_is_refused(string name, string why)
    {
        Write(name, "SELECT 1;");

        Refused(Path.GetFileName(name), why);
    }

    [Fact]
    public void A_broken_script_is_refused_with_its_path()
    {
        Write("sub/V1__x.sql", "SELECT 1;\nSELECT 'a;");

        Refused("sub/V1__x.sql, line 2, column 8");
    }

    [Theory]
    [InlineData("BEGIN;\nSELECT 1;\nCOMMIT;", 1)]
    [InlineData("SELECT 1;\n\nCOMMIT AND CHAIN;", 3)]
    [InlineData("START TRANSACTION;", 1)]
    public void A_script_has_no_transaction_of_its_own(string text, int line)
    {
        Write("V1__x.sql", text);

        Refused($"V1__x.sql, line {line}", "begins or ends a transaction itself", "remove that");
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

        Refused($"V1__x.sql, line {line}: ", "not utf-8", "V1__x.sql.conf", "encoding=ISO-8859-1");
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
    [InlineData("V3__c.SQL", "its suffix is not .sql in small letters; rename it to V3__c.sql if it is to run")]
    [InlineData("v3__c.sql", "its prefix is a small letter; write V if it is to run")]
    [InlineData("v3__c.Sql", "its suffix is not .sql in small letters; rename it to V3__c.sql if it is to run")]
    [InlineData("R__c.SQL", "its suffix is not .sql in small letters; rename it to R__c.sql if it is to run")]
    [InlineData("r__c.sql", "its prefix is a small letter; write R if it is to run")]
    [InlineData("B3__c.sQL", "its suffix is not .sql in small letters; rename it to B3__c.sql if it is to run")]
    [InlineData("readme__c.sql", null)]
    [InlineData("notes.SQL", null)]
    [InlineData("V3__c.sql.bak", null)]
    public void A_name_that_differs_in_the_case_of_its_letters_is_named(string name, string? why)
    {
        Write(name, "SELECT 1;"u8.ToArray());
        var left = new List<(string, string)>();

        Assert.Empty(
            ScriptFolder.Read([_folder], new Dictionary<string, string>(), replace: true, (path, reason) => left.Add((path, reason)))
        );

        Assert.Equal(why is null ? [] : [(name, why)], left);
    }

    [Theory]
    [InlineData("encoding=ISO-8859-1", "iso-8859-1")]
    [InlineData("encoding=latin1", "iso-8859-1")]
    [InlineData("encoding=UTF-8", "utf-8")]
    [InlineData("encoding = utf8", "utf-8")]
    [InlineData("encoding=UTF-16", "utf-16")]
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

        var scripts = ScriptFolder.Read([_folder], values, replace: true).ToDictionary(script => script.Path);

        Assert.Equal("SELECT 'value';", scripts["V1__x.sql"].Text);
        Assert.Equal("SELECT '${other}';", scripts["V2__x.sql"].Text);
        // Of the raw text for versioned scripts, of what runs for repeatable ones.
        Assert.Equal(Checksum.Of("SELECT '${name}';"), scripts["V1__x.sql"].Checksum);
        Assert.Equal(Checksum.Of("SELECT 'value';"), scripts["R__x.sql"].Checksum);
        Assert.Equal(
            "SELECT '${name}';",
            ScriptFolder.Read([_folder], new Dictionary<string, string>(), replace: false).First(script => script.Path == "V1__x.sql").Text
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
    public void What_looks_as_if_it_were_to_run_and_is_left_out_is_told()
    {
        foreach (
            var name in new[]
            {
                "V1__a.sql",
                "v2__b.sql",
                "b3_c.sql",
                "U1__undo.sql",
                "vacuum__d.sql",
                "v4.txt",
                "v5__e.sql.conf",
                "afterMigrate.sql",
                "beforeEachMigrate__x.sql",
                "afterwards.sql",
                "beforehand.txt",
                "sub/afterMigrate.sql",
            }
        )
            Write(name, "SELECT 1");
        var told = new List<string>();

        var scripts = ScriptFolder.Read([_folder], new Dictionary<string, string>(), replace: true, (path, why) =>
            told.Add($"{path}: {why[..18]}")
        );

        Assert.Equal(["V1__a.sql"], scripts.Select(script => script.Path));
        Assert.Equal(
            [
                "afterMigrate.sql: it is a callback o",
                "b3_c.sql: its prefix is a sm",
                "beforeEachMigrate__x.sql: it is a callback o",
                "sub/afterMigrate.sql: it is a callback o",
                "v2__b.sql: its prefix is a sm",
            ],
            told
        );
    }

    private static IReadOnlyList<Script> Read(IReadOnlyList<string> locations) =>
        ScriptFolder.Read(locations, new Dictionary<string, string>(), replace: true);

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
