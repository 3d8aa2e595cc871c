using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WaitFor.Verdicts.Tests;

/// <summary>What a mutation does to a field.</summary>
internal enum Damage
{
    Delete,
    Null,
    Text,
    Number,
    True,
    False,
    List,
    Object,
}

/// <summary>Random damage to one field of an object.</summary>
/// <param name="Object">Which object, modulo their number.</param>
/// <param name="Steps">Which child at each level, modulo their number; the walk ends where they end or at a leaf.</param>
/// <param name="Damage">What is done there.</param>
internal sealed record Mutation(int Object, IReadOnlyList<int> Steps, Damage Damage)
{
    /// <summary>Names of fields that rules read.</summary>
    public static IReadOnlyList<string> Read { get; } =
    [
        "metadata",
        "name",
        "namespace",
        "uid",
        "labels",
        "ownerReferences",
        "kind",
        "controller",
        "deletionTimestamp",
        "job-name",
        "app",
        "version",
        "kubernetes.io/service-name",
        "spec",
        "suspend",
        "completions",
        "template",
        "containers",
        "initContainers",
        "image",
        "type",
        "externalName",
        "status",
        "active",
        "ready",
        "succeeded",
        "failed",
        "phase",
        "conditions",
        "reason",
        "message",
        "startTime",
        "completionTime",
        "containerStatuses",
        "initContainerStatuses",
        "restartCount",
        "state",
        "lastState",
        "waiting",
        "terminated",
        "exitCode",
        "endpoints",
        "addresses",
        "targetRef",
        "terminating",
    ];

    /// <summary>The path that this mutation hits in an object; empty when the object has no field.</summary>
    public IReadOnlyList<string> PathIn(JsonObject item)
    {
        var path = new List<string>();
        JsonNode? node = item;
        foreach (var step in Steps)
        {
            string[] children = node switch
            {
                JsonObject fields => [.. fields.Select(field => field.Key)],
                JsonArray list => [.. Enumerable.Range(0, list.Count).Select(index => index.ToString(CultureInfo.InvariantCulture))],
                _ => [],
            };
            // Half of the steps go to fields that rules read, of which there are few among many.
            if (step % 2 == 0 && children.Intersect(Read, StringComparer.Ordinal).ToArray() is { Length: > 0 } read)
                children = read;
            if (children.Length == 0)
                break;
            path.Add(children[step / 2 % children.Length]);
            node = Derive.Child(node!, path[^1]);
        }

        return path;
    }

    /// <summary>The paths of all fields that rules read.</summary>
    public static IEnumerable<IReadOnlyList<string>> ReadPaths(JsonNode? node) =>
        node switch
        {
            JsonObject fields => fields
                .Where(field => Read.Contains(field.Key, StringComparer.Ordinal))
                .SelectMany(field => Below(field.Key, field.Value)),
            JsonArray list => list.SelectMany((item, index) => Below(index.ToString(CultureInfo.InvariantCulture), item)),
            _ => [],
        };

    private static IEnumerable<IReadOnlyList<string>> Below(string step, JsonNode? node) =>
        ReadPaths(node).Select(path => (IReadOnlyList<string>)[step, .. path]).Prepend([step]);

    /// <summary>Damages the field; false where that is no damage, as it has that type already.</summary>
    /// <param name="item">The object.</param>
    /// <param name="path">The field.</param>
    /// <param name="damage">What is done.</param>
    /// <param name="wrong">What was put in earlier: a second type in its place could be the right one again, with another value.</param>
    public static bool Apply(JsonObject item, IReadOnlyList<string> path, Damage damage, HashSet<JsonNode> wrong)
    {
        var parent = item.At(path.SkipLast(1))!;
        var old = item.At(path);
        if (damage == Damage.Delete)
        {
            if (parent is JsonArray list)
                list.RemoveAt(int.Parse(path[^1], CultureInfo.InvariantCulture));
            else
                parent.AsObject().Remove(path[^1]);
            return true;
        }

        JsonNode? value = damage switch
        {
            // The words that the rules look for: to be read as another type's they would have to be converted.
            Damage.Text => "True",
            Damage.Number => 1,
            Damage.True => true,
            Damage.False => false,
            Damage.List => new JsonArray(),
            Damage.Object => new JsonObject(),
            _ => null,
        };
        // A field that is null says nothing: to say something there would be no damage.
        if (old is null || wrong.Contains(old) || old.GetValueKind() == value?.GetValueKind() || (IsFlag(old) && IsFlag(value)))
            return false;
        Derive.Put(parent, path[^1], value);
        if (value is not null)
            wrong.Add(value);
        return true;

        static bool IsFlag(JsonNode? node) => node?.GetValueKind() is JsonValueKind.True or JsonValueKind.False;
    }

    public override string ToString() => $"{Damage} at {string.Join(',', Steps)} of {Object}";
}
