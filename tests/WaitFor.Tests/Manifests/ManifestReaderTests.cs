using System.Globalization;
using System.Text;
using WaitFor.CommandLine;
using WaitFor.Manifests;

namespace WaitFor.Tests.Manifests;

/// <summary>What <c>-f</c> reads, and what it refuses.</summary>
public sealed class ManifestReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("manifests").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_same_object_twice_counts_once_with_a_line()
    {
        var set = Read("kind: A\napiVersion: v1\nmetadata: {name: a}\n---\nkind: A\napiVersion: v1\nmetadata: {name: a}");

        Assert.Equal(1, Assert.Single(set.Entries).Line);
        Assert.Equal(["-:5: A/a left out: it appears twice in the manifests"], set.LeftOut);
    }

    [Theory]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\n", "apps/v1 Deployment shop/web 1")]
    [InlineData("# a comment\n\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n", "v1 Service web 4")]
    [InlineData(
        "kind: A\napiVersion: v1\nmetadata:\n  name: a\n---\n---\n# none\n---\nkind: B\napiVersion: v1\nmetadata:\n  name: b\n...\n",
        "v1 A a 1|v1 B b 9"
    )]
    [InlineData("\ufeffkind: A\napiVersion: v1\nmetadata: {name: \"a\"}", "v1 A a 1")]
    [InlineData("kind: A\r\napiVersion: v1\r\nmetadata:\r\n  name: 'a'\r\n", "v1 A a 1")]
    [InlineData("""{"kind":"A","apiVersion":"g/v1","metadata":{"name":"a"}}""", "g/v1 A a 1")]
    [InlineData(
        "{\"kind\":\"A\",\"apiVersion\":\"v1\",\n\"metadata\":{\"name\":\"a\"}}\n\n"
            + "{\"kind\":\"B\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"b\"}}",
        "v1 A a 1|v1 B b 4"
    )]
    [InlineData(
        "kind: List\napiVersion: v1\nitems:\n- kind: A\n  apiVersion: v1\n  metadata: {name: a}\n"
            + "- kind: B\n  apiVersion: g/v1\n  metadata: {name: b}",
        "v1 A a 4|g/v1 B b 7"
    )]
    // The items of a typed list need not say what they are.
    [InlineData("kind: DeploymentList\napiVersion: apps/v1\nitems:\n- metadata: {name: a}", "apps/v1 Deployment a 4")]
    [InlineData("kind: List\napiVersion: v1\nitems:\n---\nkind: A\napiVersion: v1\nmetadata: {name: a}", "v1 A a 5")]
    // A kind whose name ends in List.
    [InlineData("kind: AllowList\napiVersion: g/v1\nmetadata: {name: a}", "g/v1 AllowList a 1")]
    [InlineData("kind: A\napiVersion: v1\nmetadata: &m\n  name: a\nspec:\n  template:\n    metadata: *m\n", "v1 A a 1")]
    [InlineData("kind: A\napiVersion: v1\nbase: &b {name: a, namespace: n}\nmetadata:\n  <<: *b\n  labels: {}\n", "v1 A n/a 1")]
    [InlineData(
        "kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: 'system:x'}",
        "rbac.authorization.k8s.io/v1 ClusterRole system:x 1"
    )]
    // A template within text is text.
    [InlineData("kind: A\napiVersion: v1\nmetadata: {name: a}\ndata:\n  x: \"{{ .y }}\"\n  z: |\n    {{- if x }}\n", "v1 A a 1")]
    public void Objects_are_read_with_their_lines(string text, string expected)
    {
        var set = Read(text);
        var said = set.Entries.Select(entry =>
            $"{entry.ApiVersion} {entry.Kind} {(entry.Namespace is null ? "" : entry.Namespace + "/")}{entry.Name} {entry.Line}"
        );
        Assert.Equal(expected, string.Join('|', said));
        Assert.Empty(set.LeftOut);
        Assert.All(set.Entries, entry => Assert.Equal("-", entry.File));
    }

    [Fact]
    public void Hooks_and_names_that_the_server_makes_are_left_out_with_a_line()
    {
        var set = Read(
            """
            kind: Job
            apiVersion: batch/v1
            metadata:
              name: migrate
              annotations: {"helm.sh/hook": "pre-install,pre-upgrade"}
            ---
            kind: Job
            apiVersion: batch/v1
            metadata: {generateName: migrate-}
            ---
            kind: Kustomization
            apiVersion: kustomize.config.k8s.io/v1beta1
            metadata: {name: k}
            ---
            kind: Job
            apiVersion: batch/v1
            metadata: {name: kept}
            """
        );
        Assert.Equal("kept", set.Entries.Single().Name);
        Assert.Equal(
            [
                "-:1: Job/migrate left out: a Helm hook (pre-install,pre-upgrade)",
                "-:7: Job/migrate-... left out: its name is made by the server (generateName)",
                "-:11: Kustomization/k left out: it is read by kustomize; wait for its output instead (kustomize build | wait-for -f -)",
            ],
            set.LeftOut
        );
    }

    [Theory]
    [InlineData("", "-f -: no object to wait for")]
    [InlineData("---\n---\n", "-f -: no object to wait for")]
    [InlineData("kind: A\nmetadata: {name: a}", "-:1:1: apiVersion is missing")]
    [InlineData("a: b", "-:1:1: apiVersion is missing")]
    [InlineData("\napiVersion: v1\nmetadata: {name: a}", "-:2:1: kind is missing")]
    [InlineData("kind: A\napiVersion: v1", "-:1:1: A has no metadata.name")]
    [InlineData("kind: A\napiVersion: v1\nmetadata:\n  name: ~\n", "-:4:3: A has no metadata.name")]
    [InlineData("kind: A\napiVersion: v1\nmetadata:\n  name: a/b\n", "-:4:9: \"a/b\" is not a valid object name")]
    [InlineData("just text", "-:1:1: not an object with apiVersion and kind")]
    [InlineData("- kind: A", "-:1:1: not an object with apiVersion and kind")]
    [InlineData("kind: List\napiVersion: v1\nitems: 5", "-:3:8: items is not a list")]
    [InlineData("kind: A\n  apiVersion: v1", "-:2:13: not valid YAML: *")]
    // The place of the value that the tab breaks.
    [InlineData("kind: A\n\tapiVersion: v1", "-:1:7: not valid YAML: *tab*")]
    [InlineData("kind: A\nx: [1, 2\n", "-:3:1: not valid YAML: *")]
    [InlineData("kind: A\nx: *none\n", "-:2:4: the alias *none has no anchor before it")]
    [InlineData("kind: A\nx: &x [*x]\n", "-:2:8: the alias *x has no anchor before it")]
    [InlineData("{\"kind\":\"A\",\n\"x\":}", "-:2:5: not valid JSON: *")]
    [InlineData("{\"kind\":\"A\"", "-:1:12: not valid JSON: *")]
    [InlineData("{\"kind\":\"\\ud800\"}", "-:1:9: not valid JSON: *")]
    [InlineData(
        "kind: A\napiVersion: v1\nmetadata:\n  name: {{ .Release.Name }}\n",
        "-:4:*: an unrendered template ({{ }}); render it first*"
    )]
    [InlineData("{{- if .Values.x }}\nkind: A\n{{- end }}\n", "-:1:*: an unrendered template ({{ }}); render it first*")]
    [InlineData("kind: A\napiVersion: v1\nmetadata:\n  name: \"{{ .x }}-y\"\n", "-:4:9: an unrendered template ({{ }}); render it first")]
    public void What_is_no_manifest_is_refused_with_its_place(string text, string message)
    {
        var said = Assert.Throws<UsageException>(() => Read(text)).Message;
        var pieces = message.Split('*');
        Assert.StartsWith(pieces[0], said, StringComparison.Ordinal);
        Assert.All(pieces, piece => Assert.Contains(piece, said, StringComparison.Ordinal));
        if (pieces.Length == 1)
            Assert.Equal(message, said);
        Assert.DoesNotContain('\n', said);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.Equal("- is not UTF-8 text", Assert.Throws<UsageException>(() => Read([(byte)'a', 0xff])).Message);

    [Fact]
    public void Folders_are_read_in_the_order_of_their_names()
    {
        Put("b.yaml", "b");
        Put("a.yml", "a");
        Put("c.json", "c");
        Put("readme.md", "no");
        Put("below/d.yaml", "d");
        Put("..2026/e.yaml", "e");

        Assert.Equal("a b c", Names(recursive: false));
        Assert.Equal("a b c d", Names(recursive: true));
        var empty = Path.Combine(_folder, "other");
        Directory.CreateDirectory(empty);
        Assert.Equal($"-f {empty}: no .yaml, .yml or .json file in it", Refused(empty));
        Put("other/below/f.yaml", "f");
        Assert.Equal($"-f {empty}: no .yaml, .yml or .json file in it; for those in folders below it add -R", Refused(empty));
        Assert.Equal("-f /nowhere/x.yaml: no such file or folder; correct the path", Refused("/nowhere/x.yaml"));
        Assert.StartsWith("-f https://a.example/x.yaml: a URL is not read", Refused("https://a.example/x.yaml"), StringComparison.Ordinal);

        void Put(string file, string name)
        {
            var path = Path.Combine(_folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, $$$"""{"kind":"A","apiVersion":"v1","metadata":{"name":"{{{name}}}"}}""");
        }

        string Names(bool recursive) =>
            string.Join(' ', new ManifestReader(() => Stream.Null).Read([_folder], recursive).Entries.Select(entry => entry.Name));
    }

    [Fact]
    public void Not_more_than_500_objects()
    {
        Assert.Equal(500, Read(Many(500)).Entries.Count);
        Assert.Equal(
            "-:2001:1: more than 500 objects; wait for them in several commands",
            Assert.Throws<UsageException>(() => Read(Many(501))).Message
        );

        static string Many(int count) =>
            string.Concat(Enumerable.Range(0, count).Select(index => $"kind: A\napiVersion: v1\nmetadata: {{name: a{index}}}\n---\n"));
    }

    /// <summary>Ten lists of ten lists, ten deep: ten thousand million items, if somebody counted them.</summary>
    [Fact]
    public void Aliases_that_multiply_are_refused_at_once()
    {
        var text = new StringBuilder("kind: List\napiVersion: v1\nl0: &l0 {kind: List, apiVersion: v1, items: []}\n");
        for (var level = 1; level <= 10; level++)
        {
            var below = string.Join(", ", Enumerable.Repeat($"*l{level - 1}", 10));
            text.Append(CultureInfo.InvariantCulture, $"l{level}: &l{level} {{kind: List, apiVersion: v1, items: [{below}]}}\n");
        }

        var deep = new string('[', 100_000);
        foreach (
            var (refused, why) in new[]
            {
                (text + "items: [*l10]\n", "too many objects"),
                ("kind: A\nx: " + deep, "more than 100 levels"),
                ("{\"a\":" + deep, "not valid JSON"),
            }
        )
            Assert.Contains(why, Assert.Throws<UsageException>(() => Read(refused)).Message, StringComparison.Ordinal);
    }

    /// <summary>A bound far above what it takes; it falls where a file is read again and again.</summary>
    [Fact]
    public void A_large_file_is_read_in_one_go()
    {
        var text = new StringBuilder();
        for (var index = 0; index < 100; index++)
        {
            text.Append(CultureInfo.InvariantCulture, $"kind: ConfigMap\napiVersion: v1\nmetadata: {{name: a{index}}}\ndata:\n");
            for (var line = 0; line < 2000; line++)
                text.Append(CultureInfo.InvariantCulture, $"  key-{line}: some value that is not long, number {line}\n");
            text.Append("---\n");
        }

        Assert.True(text.Length > 10_000_000);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Equal(100, Read(text.ToString()).Entries.Count);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 2_000_000_000);
    }

    private static ManifestSet Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private static ManifestSet Read(byte[] bytes) => new ManifestReader(() => new MemoryStream(bytes)).Read(["-"], recursive: false);

    private static string Refused(string path) =>
        Assert.Throws<UsageException>(() => new ManifestReader(() => Stream.Null).Read([path], recursive: false)).Message;
}
