namespace Ingest.Domain.Identity;

/// <summary>The texts that open something: keys, codes and tokens.</summary>
public static class SecretTexts
{
    /// <summary>What a client wrote where no secret belongs, with no more of one than people may see.</summary>
    public static string Hide(string text) => EnrolmentCode.Hide(InviteToken.Hide(PageToken.Hide(ApiKeyText.Hide(text))));
}
